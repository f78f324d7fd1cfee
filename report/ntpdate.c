/*
 * The lines of ntpdate, as its scripts expect them; the manual names where they
 * differ.
 *
 * What went well is on stdout, the rest on stderr, or all of it in the log of
 * the system.  Every line but that of -q has the time, the name and the
 * process.
 */

#include <netdb.h>
#include <stdarg.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "report/persona.h"
#include "report/report.h"
#include "report/style.h"
#include "report/words.h"

static void __attribute__((format(printf, 3, 4)))
say(const struct report_to *to, int priority, const char *fmt, ...)
{
	struct tm tm = persona_local(now_real_ns());
	char line[PERSONA_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	style_hide(line);
	if (to->persona.syslog) {
		syslog(priority, "%s", line);
		return;
	}
	if (priority <= LOG_ERR)
		fflush(stdout); /* in the order in which they come */
	fprintf(priority <= LOG_ERR ? stderr : stdout,
	    "%2d %.3s %02d:%02d:%02d %s[%d]: %s\n", tm.tm_mday,
	    &persona_months[tm.tm_mon * 3], tm.tm_hour, tm.tm_min, tm.tm_sec,
	    to->format->name, (int)getpid(), line);
}

/* The name server is to blame, not the name. */
static bool
is_passing(int error)
{
	return error == EAI_AGAIN || error == EAI_FAIL;
}

/* A name without an address; with those of others it goes on all the same. */
static void
tell_unresolved(const struct report_to *to, const struct outcome *o,
    const struct source *src)
{
	int error = persona_lookup_error(src);
	const char *why = gai_strerror(error);
	char name[256];

	snprintf(name, sizeof(name), "%s", o->ask->servers[src->spec].name);
	style_hide(name);
	if (is_passing(error)) {
		if (o->verdict.kind != VERDICT_AGREED)
			fprintf(stderr,
			    "Exiting, name server cannot be used: %s (%d)", why,
			    error);
		say(to, LOG_ERR, "name server cannot be used: %s (%d)", why,
		    error);
	} else {
		fprintf(
		    stderr, "Error resolving %s: %s (%d)\n", name, why, error);
		say(to, LOG_ERR, "Can't find host %s: %s (%d)", name, why,
		    error);
	}
}

static void
tell_sources(const struct report_to *to, const struct outcome *o)
{
	char address[ADDR_TEXT_SIZE];
	const struct source *src;
	unsigned i;

	for (i = 0; i < o->m.nsources; i++) {
		src = o->m.sources[i];
		if (persona_unresolved(o, i))
			tell_unresolved(to, o, src);
		else if (src->fault == FAULT_KISS &&
			 strcmp(src->kiss, "RATE") == 0)
			say(to, LOG_ERR, "%s rate limit response from server.",
			    addr_text(address, &src->addr));
	}
	for (i = 0; i < o->m.nsources && to->persona.each; i++) {
		src = o->m.sources[i];
		if (src->nsamples > 0)
			printf("server %s, stratum %u, offset %+.6f, delay "
			       "%.5f\n",
			    addr_text(address, &src->addr), src->facts.stratum,
			    (double)src->offset_ns / 1e9,
			    (double)src->delay_ns / 1e9);
	}
}

static bool
any_address(const struct outcome *o)
{
	unsigned i;

	for (i = 0; i < o->m.nsources; i++)
		if (o->m.sources[i]->addr.len != 0)
			return true;
	return false;
}

static void
tell_no_verdict(const struct report_to *to, const struct outcome *o)
{
	char why[WORDS_SIZE];

	if (o->verdict.kind == VERDICT_NO_MAJORITY)
		say(to, LOG_ERR, "%s", words_verdict(why, &o->verdict));
	say(to, LOG_ERR, "%s",
	    any_address(o) ? "no server suitable for synchronization found"
			   : "no servers can be used, exiting");
}

/* What was not done, or what is to be said of what was. */
static void
tell_trouble(const struct report_to *to, const struct clock_action *a)
{
	if (a->error == 0)
		say(to, LOG_ERR, "%s", a->why);
	else if (persona_steps(to, a))
		say(to, LOG_ERR, "step-systime: %s", strerror(a->error));
	else
		say(to, LOG_ERR, "Can't adjust the time of day: %s",
		    strerror(a->error));
}

/* Without a correction the line says what it would have been. */
static void
tell_correction(const struct report_to *to, const struct outcome *o)
{
	const struct clock_action *a = &o->action;
	bool moved = a->kind == CLOCK_STEP || a->kind == CLOCK_SLEW;
	int64_t offset_ns = moved ? a->offset_ns : o->verdict.offset_ns;
	bool steps =
	    moved ? a->kind == CLOCK_STEP
		  : num_abs(offset_ns) >= (uint64_t)to->persona.step_over_ns;
	const struct source *best = report_best(o);
	char address[ADDR_TEXT_SIZE] = "";

	if (best != NULL)
		addr_text(address, &best->addr);
	say(to, LOG_NOTICE, "%s time server %s offset %+.6f sec",
	    steps ? "step" : "adjust", address, (double)offset_ns / 1e9);
}

static void
ntpdate_print(FILE *f, const struct report_to *to, const struct outcome *o)
{
	char version[PERSONA_SIZE];

	(void)f; /* it is stdout, and not only that */
	if (to->persona.syslog)
		openlog(to->format->name, LOG_PID, LOG_DAEMON);
	if (to->persona.tells_version)
		say(to, LOG_NOTICE, "%s",
		    persona_version(version, to->format->name, o->program));
	tell_sources(to, o);
	if (o->action.failed || o->action.kind == CLOCK_REFUSE)
		tell_trouble(to, &o->action);
	else if (o->verdict.kind == VERDICT_AGREED)
		tell_correction(to, o);
	else
		tell_no_verdict(to, o);
}

const struct report_format report_ntpdate = { "ntpdate", ntpdate_print,
	persona_status, NULL };
