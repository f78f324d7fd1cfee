/*
 * The outcome in two sentences: how far the clock is off, and what was done
 * about it.  Every format for people ends with them.
 */

#include "report/sentence.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"
#include "base/types.h"
#include "report/report.h"
#include "report/style.h"
#include "report/words.h"

/* Adds to a sentence what fits. */
static void __attribute__((format(printf, 2, 3)))
add(char buf[SENTENCE_SIZE], const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + n, SENTENCE_SIZE - n, fmt, ap);
	va_end(ap);
}

static void
add_offset(
    char buf[SENTENCE_SIZE], const struct outcome *o, const struct style *style)
{
	const struct verdict *v = &o->verdict;
	char size[NUM_TEXT_SIZE], bound[NUM_TEXT_SIZE], date[DATE_TEXT_SIZE];

	add(buf, "local clock is %s %s, %s %s",
	    num_text(size, v->offset_ns, NUM_PLAIN, style->micro),
	    v->offset_ns < 0 ? "ahead" : "behind", style->plus_minus,
	    num_text(bound, v->bound_ns, NUM_SHORT, style->micro));
	if (v->votes == 1)
		add(buf, "; one server answered");
	else
		add(buf, "; %u of %u servers that answered agree", v->agreeing,
		    v->votes);
	if (num_abs(v->offset_ns) >= NS_PER_S)
		add(buf, "; the time is %s",
		    date_text(date, report_time_ns(o)));
}

const char *
sentence_verdict(
    char buf[SENTENCE_SIZE], const struct outcome *o, const struct style *style)
{
	char why[WORDS_SIZE];

	buf[0] = '\0';
	if (o->verdict.kind == VERDICT_AGREED)
		add_offset(buf, o, style);
	else
		add(buf, "%s", words_verdict(why, &o->verdict));
	return buf;
}

static const char *
verb_of(const struct outcome *o)
{
	if (o->action.kind == CLOCK_STEP)
		return o->dry_run ? "would step" : "stepped";
	if (o->dry_run)
		return "would slew";
	return o->action.took_ns != 0 ? "slewed" : "slewing";
}

/* "stepped forward 1.25 ms", "slewing back 1.25 ms, which takes 3.4 s" */
static void
add_movement(
    char buf[SENTENCE_SIZE], const struct outcome *o, const struct style *style)
{
	const struct clock_action *a = &o->action;
	char size[NUM_TEXT_SIZE], takes[NUM_TEXT_SIZE];

	add(buf, "%s %s %s", verb_of(o), a->offset_ns < 0 ? "back" : "forward",
	    num_text(size, a->offset_ns, NUM_PLAIN, style->micro));
	if (a->kind == CLOCK_SLEW)
		add(buf, "%s %s", a->took_ns != 0 ? " in" : ", which takes",
		    num_text(takes, a->took_ns != 0 ? a->took_ns : a->takes_ns,
			NUM_SHORT, style->micro));
	if (num_abs(a->offset_ns) <= (uint64_t)a->bound_ns)
		add(buf, ", within the error");
}

const char *
sentence_action(
    char buf[SENTENCE_SIZE], const struct outcome *o, const struct style *style)
{
	const struct clock_action *a = &o->action;
	bool moved =
	    !a->failed && a->kind != CLOCK_REFUSE && a->kind != CLOCK_LEAVE;
	char notes[WORDS_SIZE];

	buf[0] = '\0';
	if (moved)
		add_movement(buf, o, style);
	else if (a->kind == CLOCK_REFUSE && !a->failed)
		add(buf, "refused: ");
	if (a->why[0] != '\0')
		add(buf, "%s%s", moved ? "; " : "", a->why);
	if (buf[0] != '\0')
		add(buf, "%s", words_notes(notes, a, style->micro));
	return buf;
}
