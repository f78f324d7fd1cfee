/*
 * What comes of a great many replies, good and bad, in lines of text: for
 * tests/machines.sh, which compares what the program of every machine and
 * compiler makes of the same packets.  Says nothing of what is right; that is
 * for the unit tests.
 */

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "select/filter.h"
#include "select/select.h"
#include "tests/unit/scrambled.h"

#define PACKETS   20000
#define VOTES     5
#define T1        (INT64_C(1780000000) * NS_PER_S) /* in 2026 */
#define MONO      (INT64_C(5000) * NS_PER_S)
#define XMT       UINT64_C(0x0123456789abcdef)
#define PRECISION 97
#define RATE      0.0000123

/* From 0 to below n. */
static int64_t
below(int64_t n)
{
	return (int64_t)(scrambled() % (uint64_t)n);
}

/* A good reply as a rule; in every other packet one octet is anything. */
static size_t
make_reply(uint8_t wire[2 * NTP_HEADER_SIZE], int64_t offset_ns)
{
	struct ntp_packet p = { .mode = NTP_MODE_SERVER, .origin = XMT };
	int64_t t2 = T1 + offset_ns + below(NS_PER_MS);
	int64_t t3 = t2 + below(NS_PER_MS);

	memset(wire, 0, 2 * NTP_HEADER_SIZE);
	p.facts.version = (uint8_t)(3 + below(2));
	p.facts.leap = (uint8_t)below(3);
	p.facts.stratum = (uint8_t)(1 + below(3));
	p.facts.precision = (int8_t)-below(30);
	p.facts.root_delay_ns = below(NS_PER_S / 10);
	p.facts.root_disp_ns = below(NS_PER_S / 10);
	p.facts.refid = (uint32_t)scrambled();
	p.reference = scrambled();
	p.receive = ntp_from_ns(t2);
	p.transmit = ntp_from_ns(t3);
	ntp_pack(wire, &p);
	if (below(2) == 0)
		wire[below(NTP_HEADER_SIZE)] = (uint8_t)scrambled();
	if (below(8) == 0)
		return (size_t)below(2 * NTP_HEADER_SIZE);
	return NTP_HEADER_SIZE;
}

static void
show(const struct sample *s, const char *kiss)
{
	char text[3][NUM_TEXT_SIZE], refid[NTP_REFID_SIZE];
	const struct facts *f = &s->facts;

	printf("%lld %lld %lld: %u %u %u %d %s %lld %lld '%s' %s %s %s\n",
	    (long long)s->offset_ns, (long long)s->delay_ns,
	    (long long)s->precision_ns, f->version, f->leap, f->stratum,
	    f->precision, ntp_refid_text(refid, f, AF_INET),
	    (long long)f->root_delay_ns, (long long)f->root_disp_ns, kiss,
	    num_text(text[0], s->offset_ns, NUM_SIGNED, "u"),
	    num_text(text[1], s->delay_ns, NUM_SHORT, "u"),
	    num_text(text[2], s->offset_ns, NUM_PLAIN, "u"));
}

/* One packet of a source: a sample more, or the fault. */
static void
take(struct source *src, int64_t offset_ns)
{
	struct sample *s = &src->samples[src->nsamples];
	uint8_t wire[2 * NTP_HEADER_SIZE];
	struct ntp_packet p = { 0 };
	char kiss[5];
	size_t n = make_reply(wire, offset_ns);
	enum fault f = ntp_reply(&p, kiss, wire, n, XMT);
	int64_t t4 = T1 + below(3 * NS_PER_MS);

	if (f == FAULT_NONE)
		f = ntp_sample(s, &p, T1, t4, PRECISION);
	if (f != FAULT_NONE) {
		printf("fault %d '%s'\n", f, kiss);
		return;
	}
	s->at.raw_ns = MONO + below(NS_PER_S);
	s->at.mono_ns = s->at.boot_ns = s->at.raw_ns + below(NS_PER_US);
	s->at.real_ns = T1 + s->at.mono_ns - MONO;
	s->took_ns = below(NS_PER_S);
	src->nsamples++;
	show(s, kiss);
}

static struct source *
listen_to(unsigned vote, int64_t offset_ns, const struct instant *now)
{
	struct source *src =
	    calloc(1, sizeof(*src) + SAMPLES_MAX * sizeof(struct sample));
	int i;

	if (src == NULL)
		abort();
	src->vote = src->spec = vote;
	src->first = src;
	for (i = 0; i < SAMPLES_MAX; i++)
		take(src, offset_ns);
	if (src->nsamples > 0)
		filter_source(src, now, RATE);
	return src;
}

/* VOTES sources of SAMPLES_MAX packets each, and what they come to. */
static void
weigh(void)
{
	struct server_spec specs[VOTES] = { 0 };
	struct ask ask = { .servers = specs,
		.nservers = VOTES,
		.samples = SAMPLES_MAX,
		.min_sources = 1,
		.rate = RATE };
	struct source *sources[VOTES];
	struct measurement m = { .sources = sources,
		.nsources = VOTES,
		.room = VOTES,
		.nvotes = VOTES };
	int64_t offset_ns = below(NS_PER_S);
	struct verdict v;
	unsigned i;

	offset_ns <<= below(24);
	m.ended.raw_ns = m.ended.mono_ns = m.ended.boot_ns = MONO + NS_PER_S;
	m.ended.real_ns = T1 + NS_PER_S;
	for (i = 0; i < VOTES; i++)
		sources[i] =
		    listen_to(i, below(4) == 0 ? 0 : offset_ns, &m.ended);
	if (select_verdict(&v, &m, &ask) == -1)
		abort();
	for (i = 0; i < VOTES; i++) {
		printf("source: %d %lld %lld %lld\n", sources[i]->status,
		    (long long)sources[i]->offset_ns,
		    (long long)sources[i]->bound_ns,
		    (long long)sources[i]->jitter_ns);
		free(sources[i]);
	}
	printf("verdict: %d %u of %u: %lld %lld %lld\n", v.kind, v.agreeing,
	    v.votes, (long long)v.offset_ns, (long long)v.bound_ns,
	    (long long)v.jitter_ns);
}

int
main(void)
{
	int i;

	for (i = 0; i < PACKETS; i += VOTES * SAMPLES_MAX)
		weigh();
	return fflush(stdout) == 0 ? 0 : 1;
}
