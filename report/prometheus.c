/*
 * Prometheus' text exposition format, for the textfile collector of its
 * node_exporter.
 *
 * Metrics may be added, never renamed; one that is not known is left out, and
 * all that belongs to one stands together.  Durations are seconds with nine
 * decimals, printed from integers.  The collector drops a whole file for two
 * samples with the same labels, so there are none, whatever was asked.
 */

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "report/carry.h"
#include "report/letters.h"
#include "report/report.h"
#include "report/words.h"

#define PREFIX       "ntpsync_"
#define LAST_SUCCESS "last_success_timestamp_seconds"

static void
put_head(FILE *f, const char *name, const char *help)
{
	fprintf(f, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name,
	    help, name);
}

/* A metric that has one value. */
static void
put_value(FILE *f, const char *name, const char *help, const char *value)
{
	put_head(f, name, help);
	fprintf(f, PREFIX "%s %s\n", name, value);
}

static void
put_number(FILE *f, const char *name, const char *help, unsigned n)
{
	char text[NUM_TEXT_SIZE];

	snprintf(text, sizeof(text), "%u", n);
	put_value(f, name, help, text);
}

static void
put_seconds(FILE *f, const char *name, const char *help, int64_t ns)
{
	char text[NUM_TEXT_SIZE];

	put_value(f, name, help, num_seconds(text, ns));
}

/* One letter as the value of a label may hold it; returns its bytes. */
static size_t
put_letter(FILE *f, const char *p)
{
	struct letter l = letter_at(p);

	if (l.code == '\n')
		fputs("\\n", f);
	else if (!l.plain)
		fputs("\xef\xbf\xbd", f); /* U+FFFD */
	if (l.code == '"' || l.code == '\\')
		fputc('\\', f);
	if (l.plain)
		fwrite(p, 1, l.size, f);
	return l.size;
}

static void
put_label(FILE *f, const char *name, const char *text)
{
	fprintf(f, "%s=\"", name);
	while (*text != '\0')
		text += put_letter(f, text);
	fputc('"', f);
}

/* ---- the run ---- */

static void
put_build(FILE *f, const struct outcome *out)
{
	const char *version = strchr(out->program, ' ');

	put_head(f, "build_info", "The version of ntpsync; always 1.");
	fputs(PREFIX "build_info{", f);
	put_label(f, "version", version != NULL ? version + 1 : out->program);
	fputs("} 1\n", f);
}

/* When this run was and when the last one that did what it was to do. */
static void
put_times(FILE *f, const struct report_to *to, const struct outcome *out)
{
	bool known = out->verdict.kind == VERDICT_AGREED;
	int64_t now_ns = known ? report_time_ns(out) : now_real_ns();
	char text[NUM_TEXT_SIZE] = "";

	num_seconds(text, now_ns);
	put_value(f, "last_run_timestamp_seconds",
	    "When this report was made, by the time obtained, "
	    "else by the local clock.",
	    text);
	if (report_status(out) == EXIT_DONE ||
	    carry_read(text, &to->file, PREFIX LAST_SUCCESS))
		put_value(f, LAST_SUCCESS,
		    "When a run last ended with exit status 0, by the time "
		    "obtained.",
		    text);
}

/* What the servers say together. */
static void
put_verdict(FILE *f, const struct verdict *v)
{
	put_seconds(f, "offset_seconds",
	    "True time minus local time before any correction: positive if "
	    "the local clock is behind.",
	    v->offset_ns);
	put_seconds(f, "bound_seconds",
	    "True time lies within the offset plus or minus this.",
	    v->bound_ns);
	if (v->jitter_ns != -1)
		put_seconds(f, "jitter_seconds",
		    "How far the samples lie apart.", v->jitter_ns);
	put_number(f, "stratum", "The stratum of the best server.", v->stratum);
	put_number(f, "leap",
	    "The leap second announced for the end of the day: 0 none, "
	    "1 inserted, 2 deleted.",
	    v->leap);
}

static void
put_votes(FILE *f, const struct outcome *out)
{
	const struct verdict *v = &out->verdict;

	put_number(f, "servers", "Servers that this run was to ask.",
	    out->ask->nservers);
	put_number(f, "servers_answered",
	    "Servers, or addresses of pools, with a usable answer and a vote.",
	    v->votes);
	put_number(f, "servers_agreeing",
	    "The largest number of those that agree on one time.", v->agreeing);
	put_number(
	    f, "servers_needed", "How many must agree.", out->ask->min_sources);
}

/* What was done to the clock: 1 for that, 0 for what was not. */
static void
put_action(FILE *f, const struct outcome *out)
{
	static const char *const kinds[] = { "none", "slew", "step", "refused",
		"failed" };
	const char *name = words_action(&out->action);
	size_t i;

	put_head(f, "action",
	    "What was done to the clock, or would have been by a dry run: 1 "
	    "for that, else 0.");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		fprintf(f, PREFIX "action{kind=\"%s\"} %d\n", kinds[i],
		    strcmp(kinds[i], name) == 0);
	put_number(f, "dry_run", "1 for a dry run, else 0.", out->dry_run);
	put_seconds(f, "correction_seconds",
	    "What was added to the clock, or would have been by a dry run.",
	    report_moves(out) ? out->action.offset_ns : 0);
}

static void
put_run(FILE *f, const struct report_to *to, const struct outcome *out)
{
	bool known = out->verdict.kind == VERDICT_AGREED;

	put_build(f, out);
	put_number(f, "up", "1 if the run obtained the time, else 0.", known);
	put_number(f, "exit_status",
	    "The exit status of the run; see ntpsync(1).",
	    (unsigned)report_status(out));
	put_times(f, to, out);
	put_seconds(f, "duration_seconds", "How long the measurement took.",
	    out->m.ended.mono_ns - out->m.began_mono_ns);
	if (known)
		put_verdict(f, &out->verdict);
	put_votes(f, out);
	put_action(f, out);
}

/* ---- the servers ---- */

/* The value of a metric of a source; NULL: not known. */
typedef const char *value_fn(char buf[NUM_TEXT_SIZE], const struct source *);

static value_fn one, up, offset, bound, delay, jitter, stratum;

static const struct metric {
	const char *name, *help;
	value_fn *value;
	bool with_status;
} metrics[] = {
	{ "source_up",
	    "1 if the server gave a time, else 0; left out if that was not "
	    "waited for.",
	    up, false },
	{ "source_status",
	    "What became of the server, see ntpsync(1); always 1.", one, true },
	{ "source_offset_seconds",
	    "True time, by this server, minus local time.", offset, false },
	{ "source_bound_seconds",
	    "True time lies within the offset plus or minus this, if the "
	    "server's own figures hold.",
	    bound, false },
	{ "source_delay_seconds", "The round trip to the server and back.",
	    delay, false },
	{ "source_jitter_seconds", "How far the server's samples lie apart.",
	    jitter, false },
	{ "source_stratum", "The server's stratum.", stratum, false },
};

static const char *
one(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	(void)buf;
	(void)src;
	return "1";
}

/* Whose reply nobody waited for is not known to be down. */
static const char *
up(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	(void)buf;
	switch (src->fault) {
	case FAULT_SAME:
	case FAULT_FAMILY:
	case FAULT_NOT_AWAITED:
	case FAULT_DISTURBED:
		return src->nsamples > 0 ? "1" : NULL;
	default:
		return src->nsamples > 0 ? "1" : "0";
	}
}

static const char *
offset(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	return src->nsamples > 0 ? num_seconds(buf, src->offset_ns) : NULL;
}

static const char *
bound(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	return src->nsamples > 0 ? num_seconds(buf, src->bound_ns) : NULL;
}

static const char *
delay(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	return src->nsamples > 0 ? num_seconds(buf, src->delay_ns) : NULL;
}

static const char *
jitter(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	return src->jitter_ns != -1 ? num_seconds(buf, src->jitter_ns) : NULL;
}

static const char *
stratum(char buf[NUM_TEXT_SIZE], const struct source *src)
{
	if (src->nsamples == 0)
		return NULL;
	snprintf(buf, NUM_TEXT_SIZE, "%u", src->facts.stratum);
	return buf;
}

/* The labels of every source, a string each; NULL: no memory. */
static char *
make_labels(const struct outcome *out)
{
	char *text = NULL, address[ADDR_TEXT_SIZE];
	const struct server_spec *spec;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	unsigned i;

	if (f == NULL)
		return NULL;
	for (i = 0; i < out->m.nsources; i++) {
		spec = &out->ask->servers[out->m.sources[i]->spec];
		put_label(f, "server", spec->name);
		addr_text(address, &out->m.sources[i]->addr);
		put_label(f, ",address", address);
		fprintf(f, ",port=\"%u\"%c", spec->port, '\0');
	}
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/*
 * Points to each of the labels in turn, but NULL where they have been before: a
 * name without an address, or an address, that was named again.
 */
static void
point_to_labels(const char *labels[], unsigned n, const char *text)
{
	void *known = NULL;
	const char **node;
	unsigned i;

	for (i = 0; i < n; i++) {
		node = tsearch(text, &known, by_text);
		labels[i] = node != NULL && *node == text ? text : NULL;
		text += strlen(text) + 1;
	}
	for (i = 0; i < n; i++)
		if (labels[i] != NULL)
			tdelete(labels[i], &known, by_text);
}

static void
put_metric(FILE *f, const struct metric *m, const struct outcome *out,
    const char *const labels[])
{
	char text[NUM_TEXT_SIZE];
	const char *value;
	bool begun = false;
	unsigned i;

	for (i = 0; i < out->m.nsources; i++) {
		value = m->value(text, out->m.sources[i]);
		if (labels[i] == NULL || value == NULL)
			continue;
		if (!begun)
			put_head(f, m->name, m->help);
		begun = true;
		fprintf(f, PREFIX "%s{%s", m->name, labels[i]);
		if (m->with_status)
			put_label(
			    f, ",status", words_status(out->m.sources[i]));
		fprintf(f, "} %s\n", value);
	}
}

static void
put_sources(FILE *f, const struct outcome *out)
{
	const char **labels = calloc(out->m.nsources, sizeof(*labels));
	char *text = labels != NULL ? make_labels(out) : NULL;
	size_t i;

	if (text != NULL) {
		point_to_labels(labels, out->m.nsources, text);
		for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
			put_metric(f, &metrics[i], out, labels);
	} else {
		log_warn("the report lacks the servers");
	}
	free(text);
	free(labels);
}

void
prometheus_print(FILE *f, const struct report_to *to, const struct outcome *out)
{
	put_run(f, to, out);
	if (out->m.nsources > 0)
		put_sources(f, out);
}
