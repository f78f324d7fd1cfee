/*
 * From what each address says to what may be believed.
 *
 * The tally finds who agrees; here that becomes one offset with its bound, and
 * a status for every source.  Pure: no clock, no network.
 */

#include "select/select.h"

#include <stddef.h>

#include "base/num.h"
#include "base/types.h"
#include "select/filter.h"
#include "select/tally.h"

/*
 * The mean of those who agree, weighted by 1/bound, reckoned from lo so that a
 * double holds it finely enough, and kept inside what they have in common.
 */
static int64_t
combine(const struct tally *t, struct interval within)
{
	double weight, mean, sum = 0, weights = 0;
	const struct source *src;
	int64_t offset_ns;
	unsigned i;

	for (i = 0; i < t->nvotes; i++) {
		src = t->voice[i];
		if (!tally_agrees(t, src))
			continue;
		weight = 1 / (double)src->bound_ns;
		sum += weight * (double)num_sub(src->offset_ns, within.lo_ns);
		weights += weight;
	}
	mean = sum / weights;
	offset_ns = num_add(
	    within.lo_ns, (int64_t)(mean < 0 ? mean - 0.5 : mean + 0.5));
	if (offset_ns < within.lo_ns)
		return within.lo_ns;
	return offset_ns > within.hi_ns ? within.hi_ns : offset_ns;
}

static const struct source *
least_bound(const struct tally *t)
{
	const struct source *best = NULL;
	unsigned i;

	for (i = 0; i < t->nvotes; i++)
		if (tally_agrees(t, t->voice[i]) &&
		    (best == NULL || t->voice[i]->bound_ns < best->bound_ns))
			best = t->voice[i];
	return best;
}

/*
 * How far those who agree scatter around the best, on top of its own jitter:
 * RFC 5905, sections 11.2.2 and 11.2.3.
 */
static int64_t
scatter(const struct tally *t, const struct source *best)
{
	double d, sum = 0;
	unsigned i;

	if (t->most < 2)
		return best->jitter_ns;
	for (i = 0; i < t->nvotes; i++)
		if (tally_agrees(t, t->voice[i])) {
			d = (double)(t->voice[i]->offset_ns - best->offset_ns);
			sum += d * d;
		}
	sum /= t->most - 1;
	if (best->jitter_ns > 0)
		sum += (double)best->jitter_ns * (double)best->jitter_ns;
	return num_root(sum);
}

static void
believe(struct verdict *v, const struct tally *t, const struct source *best)
{
	struct interval within = tally_common(t, &v->widened_ns);

	v->kind = VERDICT_AGREED;
	v->offset_ns = combine(t, within);
	v->bound_ns = within.hi_ns - v->offset_ns;
	if (v->offset_ns - within.lo_ns > v->bound_ns)
		v->bound_ns = v->offset_ns - within.lo_ns;
	v->jitter_ns = scatter(t, best);
	v->leap = best->facts.leap;
	v->stratum = best->facts.stratum;
}

static enum status
status_of_fault(enum fault fault)
{
	switch (fault) {
	case FAULT_LOOKUP:
	case FAULT_LOOKUP_SLOW:
	case FAULT_FAMILY:
		return STATUS_UNRESOLVED;
	case FAULT_SAME:
		return STATUS_SPARE;
	case FAULT_UNREACHABLE:
		return STATUS_UNREACHABLE;
	case FAULT_NONE:
	case FAULT_SILENT:
		return STATUS_NO_REPLY;
	case FAULT_NOT_AWAITED:
		return STATUS_NOT_AWAITED;
	case FAULT_LEAP:
	case FAULT_STRATUM:
		return STATUS_UNSYNCHRONISED;
	case FAULT_KISS:
		return STATUS_KISS;
	default:
		return STATUS_INVALID;
	}
}

/* best is NULL when nobody is to be believed. */
static enum status
status_of(const struct source *src, const struct server_spec *spec,
    const struct tally *t, const struct source *best)
{
	if (src->nsamples == 0)
		return status_of_fault(src->fault);
	if (src->noselect)
		return spec->nts || spec->key != 0 ? STATUS_UNAUTHENTICATED
						   : STATUS_NOSELECT;
	if (tally_too_far(src))
		return STATUS_TOO_FAR;
	if (t->voice[src->vote] != src)
		return STATUS_SPARE;
	if (best == NULL || !tally_agrees(t, src))
		return STATUS_OUTVOTED;
	return src == best ? STATUS_BEST : STATUS_AGREES;
}

int
select_verdict(struct verdict *v, struct measurement *m, const struct ask *ask)
{
	const struct source *best = NULL;
	struct tally t = { 0 };
	unsigned i;

	for (i = 0; i < m->nsources; i++)
		if (m->sources[i]->nsamples > 0)
			filter_source(m->sources[i], &m->ended, ask->rate);
	if (tally_count(&t, m) == -1)
		return -1;
	if (tally_majority(&t, 0))
		best = least_bound(&t);
	*v = (struct verdict){ .kind = VERDICT_NO_MAJORITY,
		.votes = t.ncast,
		.agreeing = t.most,
		.needed = ask->min_sources,
		.majority = best != NULL,
		.jitter_ns = -1 };
	if (t.ncast == 0)
		v->kind = VERDICT_NO_ANSWER;
	else if (best != NULL && t.most >= ask->min_sources)
		believe(v, &t, best);
	for (i = 0; i < m->nsources; i++)
		m->sources[i]->status = status_of(m->sources[i],
		    &ask->servers[m->sources[i]->spec], &t, best);
	tally_free(&t);
	return 0;
}
