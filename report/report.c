/*
 * Telling the outcome: the table of formats, and the exit status.
 */

#include "report/report.h"

#include "base/exits.h"
#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"

const struct report_format report_formats[] = {
	{ "text", text_print, NULL, NULL },
	{ "json", json_print, NULL, NULL },
	{ "chart", chart_print, NULL, NULL },
	{ "prometheus", prometheus_print, NULL, NULL },
	{ "nagios", nagios_print, nagios_status, nagios_fail },
	{ NULL, NULL, NULL, NULL },
};

int
report_status(const struct outcome *o)
{
	if (o->action.failed)
		return EXIT_CLOCK;
	if (o->action.kind == CLOCK_REFUSE)
		return EXIT_REFUSED;
	if (o->verdict.kind == VERDICT_NO_ANSWER)
		return EXIT_NO_ANSWER;
	if (o->verdict.kind == VERDICT_NO_MAJORITY)
		return EXIT_NO_MAJORITY;
	return EXIT_DONE;
}

const struct source *
report_best(const struct outcome *o)
{
	unsigned i;

	for (i = 0; i < o->m.nsources; i++)
		if (o->m.sources[i]->status == STATUS_BEST)
			return o->m.sources[i];
	return NULL;
}

int64_t
report_time_ns(const struct outcome *o)
{
	struct instant now;

	now_all(&now);
	return num_add(
	    now.real_ns, num_sub(o->verdict.offset_ns,
			     now_moved_ns(&o->m.ended, &now, o->ask->rate)));
}

bool
report_moves(const struct outcome *o)
{
	return (o->action.kind == CLOCK_STEP || o->action.kind == CLOCK_SLEW) &&
	       (o->action.begun || o->dry_run);
}

/* The exit status as the format calls it. */
static int
called(int ours, const struct report_to *to, const struct outcome *o)
{
	if (to->format == NULL || to->format->status == NULL)
		return ours;
	return to->format->status(ours, to, o);
}

int
report_failure(const struct report_to *to, int ours)
{
	if (to->format != NULL && to->format->fail != NULL)
		to->format->fail(log_first());
	fflush(stdout);
	return called(ours, to, NULL);
}

/* Whether lines could be added to that. */
static bool
can_append(const char *path)
{
	FILE *f = file_append(path);

	if (f == NULL)
		log_warn("--logfile: %s", path);
	return f != NULL && fclose(f) == 0;
}

bool
report_ready(struct report_to *to)
{
	if (to->persona.log != NULL && !can_append(to->persona.log))
		return false;
	if (file_find(&to->file, to->path != NULL ? to->path : "-"))
		return true;
	log_warn("%s: the report could not be written", to->path);
	return false;
}

/* True when every byte got there. */
static bool
print(struct report_to *to, const struct outcome *o)
{
	FILE *f = file_begin(&to->file);

	if (f == NULL)
		return false;
	to->format->print(f, to, o);
	return file_end(&to->file, true);
}

int
report(struct report_to *to, const struct outcome *o)
{
	int status = called(report_status(o), to, o);

	report_detail(o);
	if (!(to->quiet && status == EXIT_DONE) && !print(to, o)) {
		log_warn("%s: the report could not be written",
		    to->path != NULL ? to->path : "standard output");
		status = report_failure(to, EXIT_INTERNAL);
	}
	if (to->syslog)
		report_syslog(o, status);
	return status;
}
