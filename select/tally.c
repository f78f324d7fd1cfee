/*
 * Counting the votes.
 *
 * A vote is an interval, offset +- bound.  The true time lies in the interval
 * of every honest server; so the largest set of intervals that share a point is
 * the honest one, if it holds more than half of the votes and no other set is
 * as large (Marzullo; RFC 5905, section 11.2.1).
 */

#include "select/tally.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/types.h"

#define WIDEN_NS   (1 * NS_PER_MS) /* mindist: honest servers differ a little */
#define TOO_FAR_NS (1500 * NS_PER_MS)

/* Where an interval opens (+1) or closes (-1). */
struct edge {
	int64_t at_ns;
	int step;
};

static struct interval
interval_of(const struct source *src, int64_t widen_ns)
{
	int64_t reach_ns = src->bound_ns + widen_ns;

	return (struct interval){ num_sub(src->offset_ns, reach_ns),
		num_add(src->offset_ns, reach_ns) };
}

bool
tally_too_far(const struct source *src)
{
	return src->bound_ns > TOO_FAR_NS;
}

bool
tally_agrees(const struct tally *t, const struct source *src)
{
	struct interval iv;

	if (src == NULL)
		return false;
	iv = interval_of(src, WIDEN_NS);
	return iv.lo_ns <= t->at_ns && t->at_ns <= iv.hi_ns;
}

bool
tally_majority(const struct tally *t, unsigned open)
{
	return t->most > (t->ncast + open) / 2 && t->most > t->second + open;
}

/* Every vote's voice: of the sources that share it, the one of least bound. */
static void
cast(struct tally *t, const struct measurement *m)
{
	struct source *src, **voice;
	unsigned i;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		if (src->nsamples == 0 || tally_too_far(src) || src->noselect)
			continue;
		voice = &t->voice[src->vote];
		if (*voice == NULL)
			t->ncast++;
		else if ((*voice)->bound_ns <= src->bound_ns)
			continue;
		*voice = src;
	}
}

/* In order of time; where intervals touch, they open before they close. */
static int
edge_order(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return b->step - a->step;
}

/* So many intervals are open here, and more neither before nor after. */
static void
note_peak(struct tally *t, unsigned open, int64_t at_ns)
{
	if (open > t->most) {
		t->second = t->most;
		t->most = open;
		t->at_ns = at_ns;
	} else if (open > t->second) {
		t->second = open;
	}
}

/* Walks the edges from left to right, minding how many intervals are open. */
static void
sweep(struct tally *t)
{
	struct edge *e = t->edges, *end;
	struct interval iv;
	unsigned i, open = 0;

	for (i = 0; i < t->nvotes; i++) {
		if (t->voice[i] == NULL)
			continue;
		iv = interval_of(t->voice[i], WIDEN_NS);
		*e++ = (struct edge){ iv.lo_ns, +1 };
		*e++ = (struct edge){ iv.hi_ns, -1 };
	}
	end = e;
	qsort(t->edges, (size_t)(end - t->edges), sizeof(*e), edge_order);
	for (e = t->edges; e < end; e++) {
		if (e->step > 0) {
			open++;
			continue;
		}
		if (e[-1].step > 0)
			note_peak(t, open, e[-1].at_ns);
		open--;
	}
}

static int
make_room(struct tally *t, unsigned nvotes)
{
	if (nvotes <= t->room)
		return 0;
	tally_free(t);
	t->voice = malloc(nvotes * sizeof(*t->voice));
	t->edges = malloc(2 * (size_t)nvotes * sizeof(*t->edges));
	if (t->voice == NULL || t->edges == NULL)
		return -1;
	t->room = nvotes;
	return 0;
}

int
tally_count(struct tally *t, const struct measurement *m)
{
	unsigned i;

	if (make_room(t, m->nvotes) == -1)
		return -1;
	t->nvotes = m->nvotes;
	t->ncast = t->most = t->second = 0;
	for (i = 0; i < t->nvotes; i++)
		t->voice[i] = NULL;
	cast(t, m);
	if (t->ncast > 0)
		sweep(t);
	return 0;
}

void
tally_free(struct tally *t)
{
	free(t->voice);
	free(t->edges);
	*t = (struct tally){ 0 };
}

static struct interval
overlap(const struct tally *t, int64_t widen_ns)
{
	struct interval all = { INT64_MIN, INT64_MAX }, iv;
	unsigned i;

	for (i = 0; i < t->nvotes; i++) {
		if (!tally_agrees(t, t->voice[i]))
			continue;
		iv = interval_of(t->voice[i], widen_ns);
		if (iv.lo_ns > all.lo_ns)
			all.lo_ns = iv.lo_ns;
		if (iv.hi_ns < all.hi_ns)
			all.hi_ns = iv.hi_ns;
	}
	return all;
}

struct interval
tally_common(const struct tally *t, int64_t *widened_ns)
{
	struct interval all = overlap(t, 0);

	*widened_ns = all.lo_ns <= all.hi_ns ? 0 : WIDEN_NS;
	return *widened_ns == 0 ? all : overlap(t, WIDEN_NS);
}
