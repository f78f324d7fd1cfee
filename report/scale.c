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

#define FAR 100 /* lengths of the axis, from the local clock */
#define LEAST_NS                                                               \
	NS_PER_US /* of what is drawn, so that "near" means something */

void
span_add(struct span *r, int64_t lo_ns, int64_t hi_ns)
{
	r->lo_ns = r->some ? num_min(r->lo_ns, lo_ns) : lo_ns;
	r->hi_ns = r->some && r->hi_ns > hi_ns ? r->hi_ns : hi_ns;
	r->some = true;
}

bool
span_has(const struct span *r, int64_t ns)
{
	return r->some && r->lo_ns <= ns && ns <= r->hi_ns;
}

struct span
span_around(const struct span *r)
{
	int64_t reach_ns = num_sub(r->hi_ns, r->lo_ns);

	if (reach_ns < LEAST_NS)
		reach_ns = LEAST_NS;
	reach_ns = num_add(reach_ns, reach_ns / 2);
	return (struct span){ num_sub(r->lo_ns, reach_ns),
		num_add(r->hi_ns, reach_ns), r->some };
}

struct span
span_of(const struct source *src)
{
	return (struct span){ num_sub(src->offset_ns, src->bound_ns),
		num_add(src->offset_ns, src->bound_ns), true };
}

bool
scale_agrees(const struct source *src)
{
	return src->status == STATUS_BEST || src->status == STATUS_AGREES;
}

struct span
scale_agreed(const struct outcome *o)
{
	const struct verdict *v = &o->verdict;
	struct span common = { INT64_MIN, INT64_MAX, true }, one;
	unsigned i;

	if (v->kind != VERDICT_AGREED)
		return (struct span){ 0 };
	for (i = 0; i < o->m.nsources; i++) {
		if (!scale_agrees(o->m.sources[i]))
			continue;
		one = span_of(o->m.sources[i]);
		if (one.lo_ns > common.lo_ns)
			common.lo_ns = one.lo_ns;
		common.hi_ns = num_min(common.hi_ns, one.hi_ns);
	}
	if (common.lo_ns <= common.hi_ns)
		return common;
	return (struct span){ num_sub(v->offset_ns, v->bound_ns),
		num_add(v->offset_ns, v->bound_ns), true };
}

int64_t
scale_base(const struct outcome *o, const struct span *s)
{
	int64_t reach_ns = num_sub(s->hi_ns, s->lo_ns);
	int64_t away_ns = s->lo_ns > 0 ? s->lo_ns : num_sub(0, s->hi_ns);

	if (away_ns / FAR <= reach_ns)
		return 0;
	if (o->verdict.kind == VERDICT_AGREED)
		return o->verdict.offset_ns;
	return s->lo_ns + reach_ns / 2;
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

static struct span
all_of(struct source *const *sources, unsigned n, enum rank rank)
{
	struct span all = { 0 }, one;
	unsigned i;

	for (i = 0; i < n; i++)
		if (rank_of(sources[i]) == rank) {
			one = span_of(sources[i]);
			span_add(&all, one.lo_ns, one.hi_ns);
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
static struct span
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
static struct span
crowd(const struct measurement *m, enum rank rank)
{
	struct source **sorted = calloc(m->nsources, sizeof(*sorted));
	struct span span;
	unsigned i, n = 0;

	if (sorted == NULL)
		return all_of(m->sources, m->nsources, rank);
	for (i = 0; i < m->nsources; i++)
		if (rank_of(m->sources[i]) == rank)
			sorted[n++] = m->sources[i];
	qsort(sorted, n, sizeof(*sorted), offset_order);
	span = closest(sorted, n, rank);
	free(sorted);
	return span;
}

/* ---- what is near ---- */

/* Of an interval whose middle is near, what is near; so is the local clock. */
static struct span
with_neighbours(const struct span *base, const struct measurement *m)
{
	struct span all = *base, near = span_around(base), one;
	unsigned i;

	for (i = 0; i < m->nsources; i++) {
		if (rank_of(m->sources[i]) == UNMEASURED ||
		    !span_has(&near, m->sources[i]->offset_ns))
			continue;
		one = span_of(m->sources[i]);
		if (one.lo_ns < near.lo_ns)
			one.lo_ns = near.lo_ns;
		span_add(&all, one.lo_ns, num_min(one.hi_ns, near.hi_ns));
	}
	if (span_has(&near, 0))
		span_add(&all, 0, 0);
	return all;
}

struct span
scale_offsets(const struct outcome *o)
{
	const struct measurement *m = &o->m;
	enum rank rank = highest(m);
	struct span base;

	if (rank == UNMEASURED)
		return (struct span){ 0 };
	if (rank == AGREED)
		base = all_of(m->sources, m->nsources, rank);
	else
		base = crowd(m, rank);
	return with_neighbours(&base, m);
}
