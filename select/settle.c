/*
 * When is the answer known?
 *
 * A silent server must not delay what the others have already settled.  So the
 * worst is assumed of every vote that is still open: that it disagrees.
 */

#include "select/settle.h"

#include <stddef.h>

#include "base/types.h"
#include "select/tally.h"

bool
select_awaited(const struct source *src, const struct ask *ask)
{
	bool hopeful = !src->done && !src->resting;

	return (hopeful || src->looking_up) &&
	       (ask->wait_ns != 0 || !src->overdue);
}

bool
select_name_answered(const struct source *src)
{
	const struct source *s;

	for (s = src->first; s != NULL; s = s->sibling)
		if (s->nsamples > 0)
			return true;
	return false;
}

/*
 * A family that is dead must not delay: where a name has answered over one
 * family and not over the other, that other one is given the grace, no more.
 */
static bool
other_family_answered(const struct source *src)
{
	const struct source *s;
	bool other = false;

	for (s = src->first; s != NULL; s = s->sibling) {
		if (s->nsamples == 0)
			continue;
		if (s->addr.ss.ss_family == src->addr.ss.ss_family)
			return false;
		other = true;
	}
	return other;
}

/* Whether an address before this one stands for the same open vote. */
static bool
counted(const struct source *src, const struct ask *ask)
{
	const struct source *s;

	for (s = src->first; s != NULL && s != src; s = s->sibling)
		if (s->vote == src->vote && select_awaited(s, ask))
			return true;
	return false;
}

/* So many votes a name may bring that is still being looked up. */
static unsigned
votes_of_name(const struct source *src, const struct ask *ask)
{
	const struct server_spec *spec = &ask->servers[src->spec];

	if (select_name_answered(src))
		return 0; /* by one family; the other one has the grace */
	return spec->pool ? spec->max : 1;
}

/* Votes that may yet be cast. */
static unsigned
open_votes(
    const struct tally *t, const struct measurement *m, const struct ask *ask)
{
	const struct source *src;
	unsigned i, n = 0;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		if (!select_awaited(src, ask) || src->noselect)
			continue;
		if (src->looking_up)
			n += votes_of_name(src, ask);
		else
			n += t->voice[src->vote] == NULL &&
			     !counted(src, ask) && !other_family_answered(src);
	}
	return n;
}

static bool
all_heard_out(const struct tally *t)
{
	unsigned i;

	for (i = 0; i < t->nvotes; i++)
		if (tally_agrees(t, t->voice[i]) && !t->voice[i]->done &&
		    !t->voice[i]->resting && !t->voice[i]->overdue)
			return false; /* it owes us samples */
	return true;
}

bool
select_settled(
    struct tally *t, const struct measurement *m, const struct ask *ask)
{
	if (tally_count(t, m) == -1)
		return false; /* then the deadline ends it */
	return t->ncast > 0 && tally_majority(t, open_votes(t, m, ask)) &&
	       t->most >= ask->min_sources && all_heard_out(t);
}

bool
select_agreed(
    struct tally *t, const struct measurement *m, const struct ask *ask)
{
	return tally_count(t, m) == 0 && t->ncast > 0 && tally_majority(t, 0) &&
	       t->most >= ask->min_sources;
}
