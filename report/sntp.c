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
#include "base/num.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "report/persona.h"
#include "report/report.h"
#include "report/style.h"
#include "report/words.h"

#define DIGITS_MAX 6
#define HOST_SIZE  (256 + ADDR_TEXT_SIZE)

static void __attribute__((format(printf, 3, 4)))
say(const struct report_to *to, FILE *f, const char *fmt, ...)
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
	if (to->persona.log != NULL)
		fprintf(to->persona.log, "%s\n", line);
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
tell_answer(const struct report_to *to, const struct outcome *o,
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
	say(to, stdout, "%s %+.*f%s %s s%u %s", when,
	    digits_of(src->facts.precision), (double)offset_ns / 1e9, bound,
	    host, src->facts.stratum, leaps[src->facts.leap]);
}

/* Why a server gave no answer, where sntp would say so. */
static void
tell_silence(const struct report_to *to, const struct outcome *o,
    const struct source *src)
{
	const char *name = o->ask->servers[src->spec].name;
	char address[ADDR_TEXT_SIZE], why[WORDS_SIZE];
	char host[HOST_SIZE];

	addr_text(address, &src->addr);
	switch (src->status) {
	case STATUS_KISS:
		say(to, stdout, "KOD code %s from %s %s", src->kiss, name,
		    address);
		break;
	case STATUS_NO_REPLY:
		host_text(host, sizeof(host), o, src);
		say(to, stdout, "%s no UCST response after %d seconds", host,
		    (int)(o->ask->timeout_ns / NS_PER_S));
		break;
	case STATUS_UNSYNCHRONISED:
		say(to, stderr, "sock_cb: %s not in sync, skipping this server",
		    address);
		break;
	case STATUS_NOT_AWAITED:
	case STATUS_SPARE:
		break;
	default:
		words_reason(why, src, &o->verdict);
		if (why[0] != '\0')
			say(to, stderr, "%s: %s", address, why);
	}
}

static void
tell_sources(const struct report_to *to, const struct outcome *o)
{
	const struct source *src;
	unsigned i;

	for (i = 0; i < o->m.nsources; i++) {
		src = o->m.sources[i];
		if (persona_unresolved(o, i))
			say(to, stderr, "%s lookup error %s",
			    o->ask->servers[src->spec].name,
			    gai_strerror(persona_lookup_error(src)));
		else if (src->status != STATUS_UNRESOLVED)
			tell_silence(to, o, src);
		if (to->persona.each && src->nsamples > 0)
			tell_answer(to, o, src, src->offset_ns, src->bound_ns);
	}
}

static void
tell_trouble(const struct report_to *to, const struct clock_action *a)
{
	if (a->error == 0)
		say(to, stderr, "%s", a->why);
	else
		say(to, stderr, "%s: %s",
		    persona_steps(to, a) ? "step-systime" : "adj_systime",
		    strerror(a->error));
}

static void
sntp_print(FILE *f, const struct report_to *to, const struct outcome *o)
{
	const struct source *best = persona_best(o);
	const struct verdict *v = &o->verdict;
	char text[PERSONA_SIZE];

	(void)f; /* it is stdout, and not only that */
	say(to, stdout, "%s", persona_version(text, &to->persona, o));
	tell_sources(to, o);
	if (v->kind == VERDICT_NO_MAJORITY)
		say(to, stderr, "%s", words_verdict(text, v));
	if (v->kind == VERDICT_AGREED && best != NULL && !to->persona.each)
		tell_answer(to, o, best, v->offset_ns, v->bound_ns);
	if (o->action.failed || o->action.kind == CLOCK_REFUSE)
		tell_trouble(to, &o->action);
	if (to->persona.log != NULL && fclose(to->persona.log) != 0)
		perror("sntp: --logfile");
}

/* What is not ours it has said itself: 64 for a line without a host. */
static int
sntp_status(int ours, const struct report_to *to, const struct outcome *o)
{
	(void)to;
	(void)o;
	return persona_status(ours);
}

const struct report_format report_sntp = { "sntp", sntp_print, sntp_status,
	NULL };
