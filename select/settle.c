/*
 * When is the answer known?
 *
 * A silent server must not delay what the others have already settled.  So the
 * worst is assumed of everyone who is still to be heard: that it disagrees.
 */

#include "select/settle.h"

#include <stddef.h>

#include "base/types.h"
#include "select/tally.h"

static bool
awaited(const struct source *src)
{
	return !src->done && !src->overdue;
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

/* Addresses, and names without one, that may yet give their vote a voice. */
static unsigned
dissenters(
    const struct tally *t, const struct measurement *m, const struct ask *ask)
{
	const struct source *src;
	unsigned i, n = 0;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		n += awaited(src) && t->voice[src->vote] == NULL &&
		     !ask->servers[src->spec].noselect &&
		     !other_family_answered(src);
	}
	return n;
}

static bool
all_heard_out(const struct tally *t)
{
	unsigned i;

	for (i = 0; i < t->nvotes; i++)
		if (tally_agrees(t, t->voice[i]) && awaited(t->voice[i]))
			return false;
	return true;
}

bool
select_settled(const struct measurement *m, const struct ask *ask)
{
	struct tally t;
	bool settled;

	if (tally_count(&t, m, ask) == -1)
		return false; /* then the deadline ends it */
	settled = t.ncast > 0 &&
		  tally_majority(&t, t.ncast + dissenters(&t, m, ask)) &&
		  t.most >= ask->min_sources && all_heard_out(&t);
	tally_free(&t);
	return settled;
}
