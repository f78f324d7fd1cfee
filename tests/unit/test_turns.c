/*
 * Unit tests of net/turns: at which moments one address is asked, for every way
 * in which it can answer or not.  A request's outcome is a letter:
 *
 *	s: silence, g: a good sample, u: unsynchronised, R: kiss code RATE, D:
 *	kiss code DENY, x: it could not be sent, r: refused by ICMP
 */

#include <stdlib.h>
#include <string.h>

#include "base/types.h"
#include "net/turns.h"
#include "tests/unit/unit.h"

#define MOMENTS_MAX 24

static const struct {
	const char *what;
	int64_t wait_s, interval_ms;
	unsigned samples;
	const char *outcomes; /* the last one again and again */
	int64_t until_s;
	int64_t at_ms[MOMENTS_MAX]; /* after the first, which is at 0 */
} rows[] = {
	{ "silence: samples + 2", 0, 2000, 1, "s", 60, { 2000, 4000 } },
	{ "silence, eight at the most", 0, 1000, 8, "s", 60,
	    { 1000, 2000, 3000, 4000, 5000, 6000, 7000 } },
	{ "one sample", 0, 2000, 1, "g", 60, { 0 } },
	{ "four samples", 0, 2000, 4, "g", 60, { 2000, 4000, 6000 } },
	{ "one of them is lost", 0, 2000, 3, "gsg", 60, { 2000, 4000, 6000 } },
	{ "a useless answer ends it", 0, 2000, 1, "u", 60, { 0 } },
	{ "so does RATE", 0, 2000, 4, "R", 600, { 0 } },
	{ "not sent: not again", 0, 2000, 1, "x", 60, { 0 } },

	{ "wait, silence: 4, 8, 16, 32, 64, 64", 600, 2000, 1, "s", 200,
	    { 4000, 12000, 28000, 60000, 124000, 188000 } },
	{ "wait, refused: the same", 600, 2000, 1, "r", 70,
	    { 4000, 12000, 28000, 60000 } },
	{ "wait, unsynchronised: the same", 600, 2000, 1, "u", 70,
	    { 4000, 12000, 28000, 60000 } },
	{ "wait, then an answer", 600, 2000, 1, "ssg", 600, { 4000, 12000 } },
	{ "wait, RATE: 64 s", 600, 2000, 1, "R", 200,
	    { 64000, 128000, 192000 } },
	{ "wait, RATE after silence", 600, 2000, 1, "sRg", 200,
	    { 4000, 68000 } },
	{ "wait, DENY: never", 600, 2000, 1, "D", 600, { 0 } },
	{ "wait, DENY later: never", 600, 2000, 1, "sD", 600, { 4000 } },
	{ "wait, not sent: every second", 600, 2000, 1, "xxxg", 60,
	    { 1000, 2000, 3000 } },
	{ "wait, not sent, then silence", 600, 2000, 1, "xs", 20,
	    { 1000, 5000, 13000 } },
	{ "wait, four samples", 600, 2000, 4, "g", 60, { 2000, 4000, 6000 } },
	{ "wait, one of them is lost", 600, 2000, 3, "gsg", 60,
	    { 2000, 6000, 8000 } },
	{ "wait, it answers badly in between", 600, 1000, 3, "gug", 60,
	    { 1000, 5000, 6000 } },
	{ "wait, ten minutes of interval", 6000, 600000, 1, "s", 1300,
	    { 600000, 1200000 } },
};

static struct source *
source_new(unsigned samples)
{
	struct source *src =
	    calloc(1, sizeof(*src) + samples * sizeof(struct sample));

	if (src == NULL)
		abort();
	return src;
}

/* What net/request.c makes of it. */
static void
happen(struct source *src, char outcome, const struct ask *ask, int64_t now_ns)
{
	bool patient = ask->wait_ns != 0;

	src->asked_mono_ns = now_ns;
	if (outcome == 'x') {
		src->fault = FAULT_UNREACHABLE;
		src->unsent = src->resting = true;
		src->done = !patient;
		return;
	}
	if (src->unsent)
		src->fault = FAULT_NONE;
	src->unsent = src->resting = false;
	src->sent++;
	src->streak++;
	if (src->waiting_mono_ns == 0)
		src->waiting_mono_ns = now_ns;
	if (outcome == 'r')
		src->fault = FAULT_UNREACHABLE;
	if (strchr("sr", outcome) != NULL)
		return;
	src->waiting_mono_ns = 0;
	src->fault = outcome == 'g'   ? FAULT_NONE
		     : outcome == 'u' ? FAULT_LEAP
				      : FAULT_KISS;
	strcpy(src->kiss, outcome == 'R'   ? "RATE"
			  : outcome == 'D' ? "DENY"
					   : "");
	src->resting = outcome != 'g';
	src->nsamples += outcome == 'g';
	src->done = outcome == 'g'   ? src->nsamples == ask->samples
		    : outcome == 'D' ? true
				     : !patient;
}

static void
test_row(size_t row)
{
	const char *outcome = rows[row].outcomes;
	struct ask ask = { .samples = rows[row].samples,
		.wait_ns = rows[row].wait_s * NS_PER_S,
		.interval_ns = rows[row].interval_ms * NS_PER_MS };
	struct source *src = source_new(ask.samples);
	int64_t now_ns = NS_PER_S; /* the first request */
	struct turns turns;
	unsigned n = 0;

	turns_open(&turns, &ask);
	happen(src, *outcome, &ask, now_ns);
	turns_add(&turns, src);
	while ((now_ns = turns_when(&turns)) <= rows[row].until_s * NS_PER_S) {
		if (turns_next(&turns, now_ns) == NULL)
			continue;
		if (n < MOMENTS_MAX)
			CHECK_EQ(rows[row].what,
			    (now_ns - NS_PER_S) / NS_PER_MS,
			    rows[row].at_ms[n]);
		n++;
		if (outcome[1] != '\0')
			outcome++;
		happen(src, *outcome, &ask, now_ns);
		turns_add(&turns, src);
	}
	CHECK_EQ(rows[row].what, n < MOMENTS_MAX ? rows[row].at_ms[n] : 0, 0);
	free(src);
}

/* The network changes: who could not be sent to is asked at once, nobody else.
 */
static void
test_hurry(void)
{
	struct ask ask = {
		.samples = 1, .wait_ns = NS_PER_S, .interval_ns = NS_PER_S
	};
	struct source *silent = source_new(1), *unsent = source_new(1);
	struct turns turns;

	turns_open(&turns, &ask);
	happen(silent, 's', &ask, NS_PER_S);
	turns_add(&turns, silent);
	happen(unsent, 'x', &ask, NS_PER_S);
	turns_add(&turns, unsent);
	CHECK("nobody yet", turns_next(&turns, NS_PER_S + 1) == NULL);
	turns_hurry(&turns);
	CHECK("the unsent", turns_next(&turns, NS_PER_S + 1) == unsent);
	CHECK("nobody else", turns_next(&turns, NS_PER_S + 1) == NULL);
	turns_put_back(&turns, unsent);
	CHECK("put back", turns_next(&turns, NS_PER_S + 1) == unsent);
	free(silent);
	free(unsent);
}

/* Our clock was set: who had answered is asked again, the silent one rests. */
static void
test_renew(void)
{
	struct ask ask = {
		.samples = 1, .wait_ns = NS_PER_S, .interval_ns = NS_PER_S
	};
	struct source *good = source_new(1), *silent = source_new(1);
	struct source *denied = source_new(1);
	struct turns turns;

	turns_open(&turns, &ask);
	happen(good, 'g', &ask, NS_PER_S);
	happen(silent, 's', &ask, NS_PER_S);
	happen(denied, 'D', &ask, NS_PER_S);
	CHECK("good", turns_renew(&turns, good, 2 * NS_PER_S));
	CHECK_EQ("its sample is gone", good->nsamples, 0);
	CHECK("silent", turns_renew(&turns, silent, 2 * NS_PER_S));
	CHECK("denied", !turns_renew(&turns, denied, 2 * NS_PER_S));
	CHECK("denied", denied->done);
	CHECK("an interval", turns_next(&turns, 3 * NS_PER_S - 1) == NULL);
	CHECK("after it", turns_next(&turns, 3 * NS_PER_S) == good);
	CHECK("a rest", turns_next(&turns, 5 * NS_PER_S - 1) == NULL);
	CHECK("after it", turns_next(&turns, 5 * NS_PER_S) == silent);
	free(good);
	free(silent);
	free(denied);
}

int
main(void)
{
	size_t row;

	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
		test_row(row);
	test_hurry();
	test_renew();
	UNIT_END();
}
