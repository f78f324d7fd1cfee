/*
 * How much of the world a chart shows.
 *
 * Those who agree, and who is near; one who is a century off must not make
 * points of all the others.
 */

#include "report/scale.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/types.h"

#define LEAST_NS                                                               \
	NS_PER_US /* of what is drawn, so that "near" means something */

void
range_add(struct range *r, int64_t lo_ns, int64_t hi_ns)
{
	r->lo_ns = r->some ? num_min(r->lo_ns, lo_ns) : lo_ns;
	r->hi_ns = r->some && r->hi_ns > hi_ns ? r->hi_ns : hi_ns;
	r->some = true;
}

bool
range_has(const struct range *r, int64_t ns)
{
	return r->some && r->lo_ns <= ns && ns <= r->hi_ns;
}

struct range
range_around(const struct range *r)
{
	int64_t reach_ns = num_sub(r->hi_ns, r->lo_ns);

	if (reach_ns < LEAST_NS)
		reach_ns = LEAST_NS;
	reach_ns = num_add(reach_ns, reach_ns / 2);
	return (struct range){ num_sub(r->lo_ns, reach_ns),
		num_add(r->hi_ns, reach_ns), r->some };
}

struct range
range_of(const struct source *src)
{
	return (struct range){ num_sub(src->offset_ns, src->bound_ns),
		num_add(src->offset_ns, src->bound_ns), true };
}

bool
scale_agrees(const struct source *src)
{
	return src->status == STATUS_BEST || src->status == STATUS_AGREES;
}

/* ---- who counts most ---- */

enum rank { UNMEASURED, MEASURED, VOTED, AGREED };

static enum rank
rank_of(const struct source *src)
{
	if (src->nsamples == 0)
		return UNMEASURED;
	if (scale_agrees(src))
		return AGREED;
	return src->status == STATUS_OUTVOTED ? VOTED : MEASURED;
}

static enum rank
highest(const struct measurement *m)
{
	enum rank rank, most = UNMEASURED;
	unsigned i;

	for (i = 0; i < m->nsources; i++)
		if ((rank = rank_of(m->sources[i])) > most)
			most = rank;
	return most;
}

static struct range
all_of(struct source *const *sources, unsigned n, enum rank rank)
{
	struct range all = { 0 }, one;
	unsigned i;

	for (i = 0; i < n; i++)
		if (rank_of(sources[i]) == rank) {
			one = range_of(sources[i]);
			range_add(&all, one.lo_ns, one.hi_ns);
		}
	return all;
}

static int
offset_order(const void *pa, const void *pb)
{
	const struct source *const *a = pa, *const *b = pb;

	return ((*a)->offset_ns > (*b)->offset_ns) -
	       ((*a)->offset_ns < (*b)->offset_ns);
}

/* Of those in order the more than half that lie closest together. */
static struct range
closest(struct source *const *sorted, unsigned n, enum rank rank)
{
	unsigned half = n / 2, i, best = 0;
	int64_t apart_ns, least_ns = INT64_MAX;

	for (i = 0; i + half < n; i++) {
		apart_ns =
		    num_sub(sorted[i + half]->offset_ns, sorted[i]->offset_ns);
		if (apart_ns < least_ns) {
			least_ns = apart_ns;
			best = i;
		}
	}
	return all_of(sorted + best, n > 0 ? half + 1 : 0, rank);
}

/* Where nobody agrees: with no memory to put them in order, all of them. */
static struct range
crowd(const struct measurement *m, enum rank rank)
{
	struct source **sorted = calloc(m->nsources, sizeof(*sorted));
	struct range range;
	unsigned i, n = 0;

	if (sorted == NULL)
		return all_of(m->sources, m->nsources, rank);
	for (i = 0; i < m->nsources; i++)
		if (rank_of(m->sources[i]) == rank)
			sorted[n++] = m->sources[i];
	qsort(sorted, n, sizeof(*sorted), offset_order);
	range = closest(sorted, n, rank);
	free(sorted);
	return range;
}

/* ---- what is near ---- */

/* Of an interval whose middle is near, what is near; so is the local clock. */
static struct range
with_neighbours(const struct range *base, const struct measurement *m)
{
	struct range all = *base, near = range_around(base), one;
	unsigned i;

	for (i = 0; i < m->nsources; i++) {
		if (rank_of(m->sources[i]) == UNMEASURED ||
		    !range_has(&near, m->sources[i]->offset_ns))
			continue;
		one = range_of(m->sources[i]);
		if (one.lo_ns < near.lo_ns)
			one.lo_ns = near.lo_ns;
		range_add(&all, one.lo_ns, num_min(one.hi_ns, near.hi_ns));
	}
	if (range_has(&near, 0))
		range_add(&all, 0, 0);
	return all;
}

struct range
scale_offsets(const struct outcome *o)
{
	const struct measurement *m = &o->m;
	enum rank rank = highest(m);
	struct range base;

	if (rank == UNMEASURED)
		return (struct range){ 0 };
	if (rank == AGREED)
		base = all_of(m->sources, m->nsources, rank);
	else
		base = crowd(m, rank);
	return with_neighbours(&base, m);
}
