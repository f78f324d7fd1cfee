/*
 * The lines of sntp, as its scripts expect them; the manual names where they
 * differ.
 *
 * Answers and silence are on stdout, the rest on stderr, and what --logfile
 * names gets a copy.
 */

#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/num.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "report/persona.h"
#include "report/report.h"
#include "report/style.h"
#include "report/words.h"

#define DIGITS_MAX 6
#define HOST_SIZE  (256 + ADDR_TEXT_SIZE)

/* Where they go. */
struct lines {
	const struct report_to *to;
	FILE *log; /* NULL: to no file */
};

static void __attribute__((format(printf, 3, 4)))
say(const struct lines *l, FILE *f, const char *fmt, ...)
{
	char line[PERSONA_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	style_hide(line);
	if (f == stderr)
		fflush(stdout); /* in the order in which they come */
	fprintf(f, "%s\n", line);
	if (l->log != NULL)
		fprintf(l->log, "%s\n", line);
}

/* So many decimals has a clock that can tell moments so far apart. */
static int
digits_of(int8_t precision)
{
	int64_t ns = ntp_precision_ns(precision);
	int digits = 0;

	while (digits < DIGITS_MAX && (ns *= 10) < NS_PER_S)
		digits++;
	return digits;
}

/* "2026-11-22 09:12:00.123456 (+0100)", of the local clock. */
static void
local_text(char *buf, size_t size, int64_t real_ns)
{
	struct tm tm = persona_local(real_ns);
	long minutes = tm.tm_gmtoff / 60;
	int64_t ns = real_ns % NS_PER_S;

	snprintf(buf, size, "%d-%02d-%02d %02d:%02d:%02d.%06d (%c%02ld%02ld)",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, (int)((ns < 0 ? ns + NS_PER_S : ns) / NS_PER_US),
	    minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
}

/* The name, and the address if it is another one. */
static void
host_text(
    char *buf, size_t size, const struct outcome *o, const struct source *src)
{
	const char *name = o->ask->servers[src->spec].name;
	char address[ADDR_TEXT_SIZE];

	addr_text(address, &src->addr);
	if (strcmp(name, address) == 0)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%s %s", name, address);
}

static void
tell_answer(const struct lines *l, const struct outcome *o,
    const struct source *src, int64_t offset_ns, int64_t bound_ns)
{
	static const char *const leaps[] = { "no-leap", "add-leap", "del-leap",
		"unsync" };
	char when[128], host[HOST_SIZE], bound[64] = "";

	local_text(when, sizeof(when), o->m.ended.real_ns);
	host_text(host, sizeof(host), o, src);
	if (bound_ns > 0)
		snprintf(
		    bound, sizeof(bound), " +/- %f", (double)bound_ns / 1e9);
	say(l, stdout, "%s %+.*f%s %s s%u %s", when,
	    digits_of(src->facts.precision), (double)offset_ns / 1e9, bound,
	    host, src->facts.stratum, leaps[src->facts.leap]);
}

/* Why a server gave no answer, where sntp would say so. */
static void
tell_silence(
    const struct lines *l, const struct outcome *o, const struct source *src)
{
	const char *name = o->ask->servers[src->spec].name;
	char address[ADDR_TEXT_SIZE], why[WORDS_SIZE];
	char host[HOST_SIZE];

	addr_text(address, &src->addr);
	switch (src->status) {
	case STATUS_KISS:
		say(l, stdout, "KOD code %s from %s %s", src->kiss, name,
		    address);
		break;
	case STATUS_NO_REPLY:
		host_text(host, sizeof(host), o, src);
		say(l, stdout, "%s no UCST response after %d seconds", host,
		    (int)(o->ask->timeout_ns / NS_PER_S));
		break;
	case STATUS_UNSYNCHRONISED:
		say(l, stderr, "sock_cb: %s not in sync, skipping this server",
		    address);
		break;
	case STATUS_NOT_AWAITED:
	case STATUS_SPARE:
		break;
	default:
		words_reason(why, src, &o->verdict);
		if (why[0] != '\0')
			say(l, stderr, "%s: %s", address, why);
	}
}

static void
tell_sources(const struct lines *l, const struct outcome *o)
{
	const struct source *src;
	unsigned i;

	for (i = 0; i < o->m.nsources; i++) {
		src = o->m.sources[i];
		if (persona_unresolved(o, i))
			say(l, stderr, "%s lookup error %s",
			    o->ask->servers[src->spec].name,
			    gai_strerror(persona_lookup_error(src)));
		else if (src->status != STATUS_UNRESOLVED)
			tell_silence(l, o, src);
		if (l->to->persona.each && src->nsamples > 0)
			tell_answer(l, o, src, src->offset_ns, src->bound_ns);
	}
}

static void
tell_trouble(const struct lines *l, const struct clock_action *a)
{
	if (a->error == 0)
		say(l, stderr, "%s", a->why);
	else
		say(l, stderr, "%s: %s",
		    persona_steps(l->to, a) ? "step-systime" : "adj_systime",
		    strerror(a->error));
}

static void
tell(const struct lines *l, const struct outcome *o)
{
	const struct source *best = report_best(o);
	const struct verdict *v = &o->verdict;
	char text[PERSONA_SIZE];

	say(l, stdout, "%s",
	    persona_version(text, l->to->format->name, o->program));
	tell_sources(l, o);
	if (v->kind == VERDICT_NO_MAJORITY)
		say(l, stderr, "%s", words_verdict(text, v));
	if (v->kind == VERDICT_AGREED && best != NULL && !l->to->persona.each)
		tell_answer(l, o, best, v->offset_ns, v->bound_ns);
	if (o->action.failed || o->action.kind == CLOCK_REFUSE)
		tell_trouble(l, &o->action);
}

static void
sntp_print(FILE *f, const struct report_to *to, const struct outcome *o)
{
	const char *path = to->persona.log;
	struct lines l = { to, path != NULL ? file_append(path) : NULL };

	(void)f; /* it is stdout, and not only that */
	if (path != NULL && l.log == NULL)
		log_warn("--logfile: %s", path);
	tell(&l, o);
	if (l.log != NULL && fclose(l.log) != 0)
		log_warn("--logfile: %s", path);
}

const struct report_format report_sntp = { "sntp", sntp_print, persona_status,
	NULL };
