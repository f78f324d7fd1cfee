/*
 * Manners: who may be asked again, and when.
 *
 * At most samples + 2 requests to an address in an attempt, never more than 8,
 * and an interval between any two.  Under --wait an address that stays silent,
 * or whose answer is of no use, is left alone for 4, 8, 16, 32, and then 64 s;
 * what follows such a rest is a new attempt at it.  One that asks for fewer
 * requests rests for 64 s at once.  One that could not be sent to was not
 * asked, and may be tried again soon.
 */

#include "net/turns.h"

#include <stddef.h>
#include <string.h>

#include "base/num.h"
#include "base/types.h"

enum { TURN_INTERVAL, TURN_UNSENT, TURN_REST };

#define TURN_LAST (TURNS - 1)
#define RETRY_NS  (1 * NS_PER_S)
#define REST_NS   (4 * NS_PER_S)

void
turns_open(struct turns *t, const struct ask *ask)
{
	int64_t rest_ns = REST_NS;
	unsigned i;

	t->ask = ask;
	t->turns[TURN_INTERVAL].delay_ns = ask->interval_ns;
	t->turns[TURN_UNSENT].delay_ns = RETRY_NS;
	for (i = TURN_REST; i <= TURN_LAST; i++, rest_ns *= 2)
		t->turns[i].delay_ns =
		    rest_ns > ask->interval_ns ? rest_ns : ask->interval_ns;
	for (i = 0; i < TURNS; i++) {
		t->turns[i].first = NULL;
		t->turns[i].end = &t->turns[i].first;
	}
}

static void
append(struct turn *turn, struct source *src)
{
	src->next = NULL;
	*turn->end = src;
	turn->end = &src->next;
}

static struct source *
take(struct turn *turn)
{
	struct source *src = turn->first;

	if ((turn->first = src->next) == NULL)
		turn->end = &turn->first;
	return src;
}

/* At most samples + 2 requests to an address, never more than 8. */
static bool
may_ask(const struct turns *t, const struct source *src)
{
	return src->streak < t->ask->samples + 2 && src->streak < REQUESTS_MAX;
}

/* Its last request was in vain. */
static bool
is_fruitless(const struct source *src)
{
	return src->waiting_mono_ns != 0 ||
	       (src->fault != FAULT_NONE && src->fault != FAULT_DISTURBED);
}

static void
rest(struct turns *t, struct source *src)
{
	unsigned turn = TURN_REST + src->rests;

	if (turn > TURN_LAST || strcmp(src->kiss, "RATE") == 0)
		turn = TURN_LAST;
	append(&t->turns[turn], src);
	src->rests++;
	src->streak = 0;
}

void
turns_add(struct turns *t, struct source *src)
{
	if (src->done)
		return;
	append(&t->turns[src->unsent ? TURN_UNSENT : TURN_INTERVAL], src);
}

void
turns_retry(struct turns *t, struct source *src)
{
	src->done = false;
	src->resting = true;
	rest(t, src);
}

void
turns_put_back(struct turns *t, struct source *src)
{
	struct turn *turn = &t->turns[TURN_UNSENT];

	if ((src->next = turn->first) == NULL)
		turn->end = &src->next;
	turn->first = src;
}

static int64_t
when(const struct turn *turn)
{
	return turn->first == NULL
		   ? INT64_MAX
		   : turn->first->asked_mono_ns + turn->delay_ns;
}

/* Whether it is this one's turn now; if it is not, it has gone its way. */
static bool
is_its_turn(struct turns *t, const struct turn *turn, struct source *src)
{
	if (src->done)
		return false;
	if (turn != &t->turns[TURN_INTERVAL])
		return true;
	if (t->ask->wait_ns == 0)
		return may_ask(t, src);
	if (!is_fruitless(src) && may_ask(t, src))
		return true;
	rest(t, src);
	return false;
}

struct source *
turns_next(struct turns *t, int64_t now_ns)
{
	struct source *src;
	struct turn *turn;

	for (turn = t->turns; turn < t->turns + TURNS; turn++)
		while (when(turn) <= now_ns) {
			src = take(turn);
			if (is_its_turn(t, turn, src))
				return src;
		}
	return NULL;
}

int64_t
turns_when(const struct turns *t)
{
	int64_t first_ns = INT64_MAX;
	unsigned i;

	for (i = 0; i < TURNS; i++)
		first_ns = num_min(first_ns, when(&t->turns[i]));
	return first_ns;
}

void
turns_hurry(struct turns *t)
{
	struct source *src;

	for (src = t->turns[TURN_UNSENT].first; src != NULL; src = src->next)
		src->asked_mono_ns = 1; /* long ago */
}

/* A delay that could not be means nothing now either. */
bool
turns_renew(struct turns *t, struct source *src, int64_t now_ns)
{
	bool fruitless = is_fruitless(src) && src->fault != FAULT_DELAY;

	src->nsamples = 0;
	if (t->ask->wait_ns != 0 && fruitless && !src->done) {
		if (src->unsent)
			append(&t->turns[TURN_UNSENT], src);
		else
			rest(t, src);
		return true;
	}
	if (src->fault == FAULT_NONE || src->fault == FAULT_DELAY) {
		src->done = false;
		src->fault = FAULT_DISTURBED;
	}
	src->overdue = src->resting = false;
	src->waiting_mono_ns = 0;
	src->asked_mono_ns = now_ns; /* not before an interval from now */
	if (src->done || !(t->ask->wait_ns != 0 || may_ask(t, src))) {
		src->done = true;
		return false;
	}
	append(&t->turns[TURN_INTERVAL], src);
	return true;
}
