/*
 * A plugin of Nagios, Icinga and their kin: one line with the state and what is
 * to be graphed, and below it the text.
 *
 * The thresholds are about the size of the offset, as check_ntp_time's are.
 * The bound is told and no part of the state: one that swings with the network
 * would make the state do so.  A bar begins what is graphed, so no other text
 * has one.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exits.h"
#include "base/num.h"
#include "base/types.h"
#include "report/report.h"
#include "report/words.h"

enum state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

static int64_t
size_of(int64_t ns)
{
	return ns == INT64_MIN ? INT64_MAX : (int64_t)num_abs(ns);
}

int
nagios_status(int ours, const struct report_to *to, const struct outcome *o)
{
	int64_t size_ns;

	if (ours != EXIT_DONE || o == NULL || o->verdict.kind != VERDICT_AGREED)
		return NAGIOS_UNKNOWN;
	size_ns = size_of(o->verdict.offset_ns);
	if (range_alerts(&to->crit, size_ns))
		return NAGIOS_CRITICAL;
	return range_alerts(&to->warn, size_ns) ? NAGIOS_WARNING : NAGIOS_OK;
}

/* ---- the line ---- */

/* Rounded to microseconds. */
static void
put_about(FILE *f, const char *plus, int64_t ns)
{
	uint64_t us = (num_abs(ns) + NS_PER_US / 2) / NS_PER_US;

	fprintf(f, "%s%" PRIu64 ".%06" PRIu64 " s", ns < 0 ? "-" : plus,
	    us / 1000000, us % 1000000);
}

/* " (outside -W 0.5)" */
static void
put_reason(FILE *f, char option, const struct range *r)
{
	char text[RANGE_TEXT_SIZE];

	fprintf(f, " (%s -%c %s)", r->inside ? "inside" : "outside", option,
	    range_text(text, r));
}

static void
put_summary(FILE *f, enum state state, const struct report_to *to,
    const struct verdict *v)
{
	fputs("offset ", f);
	put_about(f, "+", v->offset_ns);
	if (state == NAGIOS_CRITICAL)
		put_reason(f, 'C', &to->crit);
	else if (state == NAGIOS_WARNING)
		put_reason(f, 'W', &to->warn);
	fputs(", bound ", f);
	put_about(f, "", v->bound_ns);
	if (v->votes == 1)
		fputs(", one server answered", f);
	else
		fprintf(f, ", %u of %u servers that answered agree",
		    v->agreeing, v->votes);
}

/* Why it is unknown; of one server the reason too. */
static void
put_unknown(FILE *f, const struct outcome *o)
{
	char text[WORDS_SIZE];

	fputs(words_verdict(text, &o->verdict), f);
	if (o->m.nsources == 1)
		words_reason(text, o->m.sources[0], &o->verdict);
	if (o->m.nsources == 1 && text[0] != '\0')
		fprintf(f, ": %s", text);
}

/* ---- what is to be graphed ---- */

/* "bound=0.000820000s" */
static void
put_seconds(FILE *f, const char *label, int64_t ns)
{
	char text[NUM_TEXT_SIZE];

	fprintf(f, "%s=%ss", label, num_seconds(text, ns));
}

/* A threshold as it is for the offset; empty where that cannot be said. */
static void
put_signed(FILE *f, const struct range *r)
{
	char text[RANGE_TEXT_SIZE];
	struct range both;

	fprintf(
	    f, ";%s", range_of_signed(&both, r) ? range_text(text, &both) : "");
}

/*
 * The offset has a sign, and thresholds for either side, which Icinga 2 cannot
 * read; its size has them as they were said.
 */
static void
put_offset(FILE *f, const struct report_to *to, int64_t ns)
{
	char warn[RANGE_TEXT_SIZE], crit[RANGE_TEXT_SIZE];

	put_seconds(f, "offset", ns);
	put_signed(f, &to->warn);
	put_signed(f, &to->crit);
	put_seconds(f, " abs_offset", size_of(ns));
	fprintf(f, ";%s;%s;0", range_text(warn, &to->warn),
	    range_text(crit, &to->crit));
}

static void
put_delay(FILE *f, const struct outcome *o)
{
	const struct source *best = report_best(o);

	if (best == NULL)
		return;
	put_seconds(f, " delay", best->delay_ns);
	fputs(";;;0", f);
}

static void
put_perfdata(FILE *f, const struct report_to *to, const struct outcome *o)
{
	const struct verdict *v = &o->verdict;

	fputc('|', f);
	put_offset(f, to, v->offset_ns);
	put_seconds(f, " bound", v->bound_ns);
	fputs(";;;0", f);
	put_delay(f, o);
	fprintf(f, " stratum=%u;;;0;16 agreeing=%u;;;0 answering=%u;;;0",
	    v->stratum, v->agreeing, v->votes);
}

/* ---- the text below ---- */

static void
put_barless(FILE *f, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fputc(text[i] == '|' ? '!' : text[i], f);
}

static void
put_text(FILE *f, const struct report_to *to, const struct outcome *o)
{
	char *text = NULL;
	size_t n = 0;
	FILE *memory = open_memstream(&text, &n);

	if (memory != NULL)
		text_print(memory, to, o);
	if (memory == NULL || fclose(memory) != 0) {
		fputs("no memory for the table of servers\n", f);
		n = 0;
	}
	put_barless(f, text, n);
	free(text);
}

void
nagios_print(FILE *f, const struct report_to *to, const struct outcome *o)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL",
		"UNKNOWN" };
	enum state state = (enum state)nagios_status(report_status(o), to, o);

	fprintf(f, "NTP %s: ", names[state]);
	if (state == NAGIOS_UNKNOWN)
		put_unknown(f, o);
	else {
		put_summary(f, state, to, &o->verdict);
		put_perfdata(f, to, o);
	}
	fputc('\n', f);
	put_text(f, to, o);
}

/* Who schedules the checks may not show standard error to anybody. */
void
nagios_fail(const char *why)
{
	fputs("NTP UNKNOWN: ", stdout);
	if (*why != '\0')
		put_barless(stdout, why, strlen(why));
	else
		fputs("standard error says why", stdout);
	fputc('\n', stdout);
}
