/*
 * Whether a measurement that was told can be true.
 *
 * The process that measured may lie about what the servers said: it is the one
 * that heard them.  What it cannot do is to tell anything that no honest
 * measurement could hold, and so find a weakness in what follows.
 */

#include "priv/verify.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/addr.h"
#include "base/num.h"
#include "base/types.h"
#include "net/roster.h"
#include "ntp_proto.h"

#define CODE_MAX     4095               /* errno and EAI_..., either sign */
#define SHORT_MAX_NS (65536 * NS_PER_S) /* of NTP's 32-bit format */
#define COARSE_NS    (2 * NS_PER_S)     /* the worst precision of two clocks */
#define APART_NS     (10 * NS_PER_S)    /* clocks run apart by so much */
#define APART_PART   8                  /* and a tenth, by ADJ_TICK */

static bool
within(int64_t v, int64_t min, int64_t max)
{
	return min <= v && v <= max;
}

/* So long the measurement took, by any of the clocks. */
static int64_t
longest_ns(const struct verify_limits *l)
{
	int64_t took_ns = l->ended.mono_ns - l->began_mono_ns;

	return took_ns + took_ns / APART_PART + APART_NS;
}

/* Whether it is still the same clock is looked at later. */
static bool
instant_is_possible(const struct instant *t, const struct verify_limits *l)
{
	return within(t->mono_ns, l->began_mono_ns, l->ended.mono_ns) &&
	       within(t->apart_ns, 0, longest_ns(l)) && t->real_ns >= 0 &&
	       t->raw_ns >= 0 && t->boot_ns >= 0;
}

/* A pool has as many votes as it may have addresses, anybody else has one. */
static unsigned
votes_max(const struct ask *ask)
{
	const struct server_spec *spec;
	struct server_addr addr;
	unsigned i, n = 0;

	for (i = 0; i < ask->nservers; i++) {
		spec = &ask->servers[i];
		n += spec->pool && !addr_parse(&addr, spec->name, spec->port)
			 ? spec->max
			 : 1;
	}
	return n;
}

/* Who was named by address has that one, or none: it was another's before. */
static bool
address_is_possible(
    const struct source *src, unsigned server, const struct ask *ask)
{
	const struct server_spec *spec = &ask->servers[server];
	struct server_addr addr = { 0 };

	return src->addr.len == 0 ||
	       !addr_parse(&addr, spec->name, spec->port) ||
	       addr_order(&addr, &src->addr) == 0;
}

/*
 * Its server's own vote; in a pool one of its own; and if the server has none,
 * that of another of the same address.
 */
static bool
vote_is_possible(const struct source *src, const struct ask *ask)
{
	if (src->vote == src->spec)
		return true;
	if (src->vote >= ask->nservers)
		return ask->servers[src->spec].pool;
	return roster_only_shows(ask, src->spec, src->spec) &&
	       address_is_possible(src, src->vote, ask);
}

const char *
verify_head(
    const struct measurement *m, unsigned n, const struct verify_limits *l)
{
	if (n < l->ask->nservers)
		return "a server is missing";
	if (m->nvotes < l->ask->nservers || m->nvotes > votes_max(l->ask))
		return "more votes than there are";
	return NULL;
}

/* Said of any reply, a useless one too. */
static bool
facts_are_possible(const struct facts *f)
{
	return f->leap <= LEAP_UNSYNC && f->version <= 7 &&
	       within(f->root_delay_ns, 0, SHORT_MAX_NS) &&
	       within(f->root_disp_ns, 0, SHORT_MAX_NS);
}

/* Said of a good one: the rungs of ntp_reply. */
static bool
facts_are_good(const struct facts *f)
{
	return facts_are_possible(f) && f->leap != LEAP_UNSYNC &&
	       (f->version == 3 || f->version == 4) &&
	       within(f->stratum, 1, NTP_STRATUM_MAX) &&
	       within(f->precision, NTP_PRECISION_MIN, 0) &&
	       f->root_delay_ns / 2 + f->root_disp_ns < NTP_ROOT_MAX_NS;
}

static const char *
wrong_with_sample(const struct sample *s, const struct verify_limits *l)
{
	if (!facts_are_good(&s->facts))
		return "a sample whose server says what no good one does";
	if (s->offset_ns == INT64_MIN ||
	    !within(s->delay_ns, 1, longest_ns(l)) ||
	    !within(s->took_ns, 0, longest_ns(l)) ||
	    !within(s->precision_ns, 1, COARSE_NS))
		return "a sample out of range";
	if (!instant_is_possible(&s->at, l))
		return "a sample of another time";
	if (s->tx > STAMP_KERNEL || s->rx > STAMP_KERNEL)
		return "a sample with an unknown stamp";
	return NULL;
}

/* Nothing, or three or four letters, and zero to the end. */
static bool
kiss_is_possible(const char kiss[5])
{
	int i, n;

	for (n = 0; n < 4 && kiss[n] >= 'A' && kiss[n] <= 'Z'; n++)
		;
	for (i = n; i < 5; i++)
		if (kiss[i] != '\0')
			return false;
	return n == 0 || n >= 3;
}

const char *
verify_source(const struct source *src, const struct measurement *m,
    const struct verify_limits *l)
{
	const char *wrong = NULL;
	unsigned i;

	if (src->vote >= m->nvotes || !vote_is_possible(src, l->ask))
		return "a vote that it does not have";
	if (src->noselect != roster_only_shows(l->ask, src->spec, src->vote))
		return "a vote of a server that has none";
	if (!address_is_possible(src, src->spec, l->ask))
		return "an address that was not asked for";
	if (src->fault >= FAULT__MAX ||
	    !within(src->error, -CODE_MAX, CODE_MAX))
		return "an unknown fault";
	if (!kiss_is_possible(src->kiss))
		return "a kiss code that is none";
	if (src->sent > INT_MAX || src->received > src->sent ||
	    src->rejected > INT_MAX || src->nsamples > src->received)
		return "more packets than were sent";
	if (!facts_are_possible(&src->facts))
		return "a server that says what cannot be said";
	for (i = 0; wrong == NULL && i < src->nsamples; i++)
		wrong = wrong_with_sample(&src->samples[i], l);
	return wrong;
}

/* Every server has its sources, in order. */
const char *
verify_all(const struct measurement *m, const struct verify_limits *l)
{
	unsigned i, spec, next = 0;

	for (i = 0; i < m->nsources; i++) {
		spec = m->sources[i]->spec;
		if (spec == next)
			next++;
		else if (spec + 1 != next)
			return "servers are out of order";
	}
	return next == l->ask->nservers ? NULL : "a server is missing";
}
