/*
 * Fuzzer of select/: any samples that the checks of a reply let through.
 *
 * The judge tries every point at which an interval begins, and keeps the sets
 * of votes as bits.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/types.h"
#include "select/select.h"
#include "select/settle.h"
#include "select/tally.h"
#include "tests/fuzz/fuzz.h"

#define SOURCES_MAX 24
#define ENDED_NS    (INT64_C(5000) * NS_PER_S)
#define WIDEN_NS    NS_PER_MS
#define TOO_FAR_NS  (1500 * NS_PER_MS)

static struct server_spec specs[SOURCES_MAX];
static struct source *sources[SOURCES_MAX];

/* ---- a measurement out of bytes ---- */

static int64_t
between(struct reader *r, int64_t least, int64_t most)
{
	uint64_t span = (uint64_t)most - (uint64_t)least + 1;

	return (int64_t)((uint64_t)least + read_u64(r) % span);
}

/* Often near each other, often exactly as far as counts, sometimes anywhere. */
static int64_t
an_offset(struct reader *r)
{
	switch (read_u8(r) & 3) {
	case 0:
		return (int8_t)read_u8(r) * NS_PER_US * 100;
	case 1:
		return (int8_t)read_u8(r) * WIDEN_NS / 2;
	case 2:
		return between(r, -3 * NS_PER_S, 3 * NS_PER_S);
	default:
		return between(r, -INT64_MAX, INT64_MAX);
	}
}

static void
add_sample(struct source *src, struct reader *r, struct instant *ended)
{
	struct sample *s = &src->samples[src->nsamples++];
	int64_t ago_ns = read_u8(r) * NS_PER_S / 8;

	s->offset_ns = an_offset(r);
	s->delay_ns = 1 + (int64_t)read_u16(r) * 1000;
	s->took_ns = s->delay_ns;
	s->precision_ns = 2 + read_u16(r);
	s->facts.root_delay_ns = (int64_t)read_u16(r) * 10000;
	s->facts.root_disp_ns = (int64_t)read_u8(r) * NS_PER_S / 16;
	if (read_u8(r) & 1)
		s->facts.root_disp_ns /= 4096;
	s->facts.stratum = (uint8_t)(1 + read_u8(r) % 15);
	s->at = *ended;
	s->at.mono_ns -= ago_ns;
	s->at.raw_ns -= ago_ns + (int8_t)read_u8(r) * NS_PER_US;
	s->at.real_ns -= ago_ns;
}

/* A server of its own, or one more address of the one before it. */
static void
add_source(struct measurement *m, struct reader *r)
{
	struct source *src =
	    calloc(1, sizeof(*src) + SAMPLES_MAX * sizeof(struct sample));
	struct source *before = m->nsources ? sources[m->nsources - 1] : NULL;
	uint8_t how = read_u8(r), state = read_u8(r);

	HOLDS(src != NULL);
	src->spec = m->nsources;
	src->first = src;
	if (how & 1 && before != NULL) {
		src->first = before->first;
		src->spec = before->spec;
		before->sibling = src;
	}
	src->vote = how & 2 && before != NULL ? before->vote : m->nvotes++;
	src->noselect = (how & 0x0c) == 0x0c;
	src->addr.ss.ss_family = how & 0x10 ? AF_INET6 : AF_INET;
	src->done = state & 1;
	src->looking_up = (state & 6) == 6;
	src->overdue = state & 8;
	src->resting = (state & 0x30) == 0x30;
	src->fault = (enum fault)((state >> 3) % FAULT__MAX);
	specs[src->spec].pool = how & 0x20;
	specs[src->spec].max = 1 + (how & 3);
	specs[src->spec].nts = how & 0x40;
	sources[m->nsources++] = src;
	for (how = read_u8(r) % 4; how > 0; how--)
		add_sample(src, r, &m->ended);
}

/* ---- the judge ---- */

static bool
is_heard(const struct source *src)
{
	return src->nsamples > 0 && !src->noselect &&
	       src->bound_ns <= TOO_FAR_NS;
}

/* Who speaks for a vote: of those heard the first one of least bound. */
static const struct source *
voice(const struct measurement *m, unsigned vote)
{
	const struct source *best = NULL;
	unsigned i;

	for (i = 0; i < m->nsources; i++)
		if (sources[i]->vote == vote && is_heard(sources[i]) &&
		    (best == NULL || sources[i]->bound_ns < best->bound_ns))
			best = sources[i];
	return best;
}

static bool
holds_point(const struct source *src, __int128 at)
{
	__int128 reach = (__int128)src->bound_ns + WIDEN_NS;

	return src->offset_ns - reach <= at && at <= src->offset_ns + reach;
}

static uint32_t
set_at(const struct measurement *m, __int128 at)
{
	uint32_t set = 0;
	unsigned i;

	for (i = 0; i < m->nvotes; i++)
		if (voice(m, i) != NULL && holds_point(voice(m, i), at))
			set |= 1U << i;
	return set;
}

static unsigned
size_of(uint32_t set)
{
	return (unsigned)__builtin_popcount(set);
}

/* The largest set that shares a point; *only says that no other is as large. */
static uint32_t
largest(const struct measurement *m, bool *only)
{
	const struct source *src;
	uint32_t best = 0, set;
	unsigned i;

	*only = true;
	for (i = 0; i < m->nvotes; i++) {
		if ((src = voice(m, i)) == NULL)
			continue;
		set = set_at(
		    m, (__int128)src->offset_ns - src->bound_ns - WIDEN_NS);
		if (size_of(set) > size_of(best)) {
			best = set;
			*only = true;
		} else if (set != best && size_of(set) == size_of(best)) {
			*only = false;
		}
	}
	return best;
}

/* What is said lies in the interval of each who agrees, widened or not. */
static void
check_common(const struct measurement *m, const struct verdict *v, uint32_t set)
{
	const struct source *src;
	__int128 away;
	unsigned i;

	HOLDS(v->widened_ns == 0 || v->widened_ns == WIDEN_NS);
	HOLDS(v->bound_ns >= 0);
	for (i = 0; i < m->nvotes; i++) {
		if (!(set >> i & 1))
			continue;
		src = voice(m, i);
		away = (__int128)v->offset_ns - src->offset_ns;
		if (away < 0)
			away = -away;
		HOLDS(away <= (__int128)src->bound_ns + v->widened_ns);
		HOLDS(v->bound_ns <= 2 * (src->bound_ns + v->widened_ns));
	}
}

static void
check_statuses(const struct measurement *m, uint32_t set)
{
	const struct source *src;
	unsigned i, best = 0, used = 0;
	bool in;

	for (i = 0; i < m->nsources; i++) {
		src = sources[i];
		in = src->nsamples > 0 && src == voice(m, src->vote) &&
		     set >> src->vote & 1;
		HOLDS(src->status < STATUS__MAX);
		HOLDS(in == (src->status == STATUS_BEST ||
				src->status == STATUS_AGREES));
		best += src->status == STATUS_BEST;
		used += in;
	}
	HOLDS(used == size_of(set));
	HOLDS(best == (set != 0));
}

static void
check_verdict(const struct measurement *m, const struct verdict *v)
{
	unsigned i, votes = 0;
	bool only, majority;
	uint32_t set = largest(m, &only);

	for (i = 0; i < m->nvotes; i++)
		votes += voice(m, i) != NULL;
	majority = only && size_of(set) * 2 > votes;
	HOLDS(v->votes == votes && v->agreeing == size_of(set));
	HOLDS(v->majority == majority);
	HOLDS((v->kind == VERDICT_NO_ANSWER) == (votes == 0));
	HOLDS((v->kind == VERDICT_AGREED) ==
	      (majority && v->agreeing >= v->needed));
	if (v->kind == VERDICT_AGREED)
		check_common(m, v, set);
	check_statuses(m, majority ? set : 0);
}

static void
check_settled(const struct measurement *m, const struct ask *ask, bool agreed)
{
	struct tally t = { 0 };
	bool settled = select_settled(&t, m, ask);

	HOLDS(select_agreed(&t, m, ask) == agreed);
	HOLDS(!settled || agreed);
	tally_free(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n);
	struct measurement m = { .sources = sources,
		.ended = { .mono_ns = ENDED_NS,
		    .raw_ns = ENDED_NS,
		    .boot_ns = ENDED_NS,
		    .real_ns = ENDED_NS } };
	struct ask ask = { .servers = specs, .nservers = SOURCES_MAX };
	struct verdict v;

	ask.min_sources = 1 + read_u8(&r) % 4;
	ask.rate = (int8_t)read_u8(&r) / 1280.0;
	ask.wait_ns = read_u8(&r) & 1;
	while (r.left > 0 && m.nsources < SOURCES_MAX)
		add_source(&m, &r);
	memset(&v, 0xff, sizeof(v));
	HOLDS(select_verdict(&v, &m, &ask) == 0);
	check_verdict(&m, &v);
	check_settled(&m, &ask, v.kind == VERDICT_AGREED);
	while (m.nsources > 0)
		free(sources[--m.nsources]);
	return 0;
}
