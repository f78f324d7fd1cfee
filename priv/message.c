/*
 * A measurement, on its way from the process that talked to the network to the
 * one that has power over the clock.
 *
 * The layout is written down once: the same walk over the fields writes them
 * and reads them.  What was read is believed only if all of it is possible
 * (verify.c): whoever sent it may have been taken over by whoever it talked to.
 */

#include "priv/message.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/types.h"
#include "net/roster.h"
#include "priv/verify.h"

#define MAGIC        UINT32_C(0x6e747031) /* this layout */
#define INSTANT_SIZE (5 * 8)
#define FACTS_SIZE   (4 + 4 + 2 * 8)
#define HEAD_SIZE    (3 * 4 + 1)
#define ADDRESS_SIZE (1 + 16 + 4)
#define SOURCE_SIZE  (2 * 4 + ADDRESS_SIZE + 5 + 4 * 4 + 1 + 5 + FACTS_SIZE)
#define SAMPLE_SIZE  (3 * 8 + INSTANT_SIZE + 8 + FACTS_SIZE + 2)

/* One walk over the fields: it reads them, or writes them. */
struct walk {
	bool reads;
	struct reader r;
	struct writer w;
};

static void
walk_u8(struct walk *k, uint8_t *v)
{
	if (k->reads)
		*v = read_u8(&k->r);
	else
		write_u8(&k->w, *v);
}

static void
walk_u32(struct walk *k, uint32_t *v)
{
	if (k->reads)
		*v = read_u32(&k->r);
	else
		write_u32(&k->w, *v);
}

static void
walk_s32(struct walk *k, int *v)
{
	uint32_t bits = (uint32_t)*v;

	walk_u32(k, &bits);
	*v = (int)bits;
}

static void
walk_s64(struct walk *k, int64_t *v)
{
	if (k->reads)
		*v = (int64_t)read_u64(&k->r);
	else
		write_u64(&k->w, (uint64_t)*v);
}

static void
walk_bytes(struct walk *k, void *bytes, size_t n)
{
	uint8_t *p = bytes;

	for (; n > 0; n--)
		walk_u8(k, p++);
}

/* For an enum: what is beyond it is verify.c's to see. */
static unsigned
walk_small(struct walk *k, unsigned v)
{
	uint8_t small = (uint8_t)v;

	walk_u8(k, &small);
	return small;
}

static bool
walk_bool(struct walk *k, bool v)
{
	unsigned small = walk_small(k, v);

	k->r.bad |= small > 1;
	return small == 1;
}

static void
walk_instant(struct walk *k, struct instant *t)
{
	walk_s64(k, &t->real_ns);
	walk_s64(k, &t->mono_ns);
	walk_s64(k, &t->raw_ns);
	walk_s64(k, &t->boot_ns);
	walk_s64(k, &t->apart_ns);
}

static void
walk_facts(struct walk *k, struct facts *f)
{
	walk_u8(k, &f->version);
	walk_u8(k, &f->leap);
	walk_u8(k, &f->stratum);
	walk_bytes(k, &f->precision, 1);
	walk_u32(k, &f->refid);
	walk_s64(k, &f->root_delay_ns);
	walk_s64(k, &f->root_disp_ns);
}

static void
walk_sample(struct walk *k, struct sample *s)
{
	walk_s64(k, &s->offset_ns);
	walk_s64(k, &s->delay_ns);
	walk_s64(k, &s->took_ns);
	walk_instant(k, &s->at);
	walk_s64(k, &s->precision_ns);
	walk_facts(k, &s->facts);
	s->tx = walk_small(k, s->tx);
	s->rx = walk_small(k, s->rx);
}

/* An address without its port, which is the one that was asked for. */
struct bare {
	unsigned family;
	uint8_t bytes[16];
	uint32_t scope;
};

static struct bare
strip(const struct server_addr *a)
{
	const struct sockaddr_in6 *sin6 = (const void *)&a->ss;
	const struct sockaddr_in *sin = (const void *)&a->ss;
	struct bare b = { .family = a->len == 0 ? AF_UNSPEC : a->ss.ss_family };

	if (b.family == AF_INET6) {
		memcpy(b.bytes, &sin6->sin6_addr, sizeof(sin6->sin6_addr));
		b.scope = sin6->sin6_scope_id;
	} else if (b.family == AF_INET) {
		memcpy(b.bytes, &sin->sin_addr, sizeof(sin->sin_addr));
	}
	return b;
}

/* False when it is of no family that we ask. */
static bool
dress(struct server_addr *a, const struct bare *b, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_scope_id = b->scope };
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(port) };

	*a = (struct server_addr){ 0 };
	if (b->family == AF_INET6) {
		memcpy(&sin6.sin6_addr, b->bytes, sizeof(sin6.sin6_addr));
		memcpy(&a->ss, &sin6, a->len = sizeof(sin6));
	} else if (b->family == AF_INET) {
		memcpy(&sin.sin_addr, b->bytes, sizeof(sin.sin_addr));
		memcpy(&a->ss, &sin, a->len = sizeof(sin));
	}
	return b->family == AF_UNSPEC || a->len != 0;
}

static void
walk_addr(struct walk *k, struct server_addr *a, uint16_t port)
{
	struct bare b = strip(a);

	b.family = walk_small(k, b.family);
	walk_bytes(k, b.bytes, sizeof(b.bytes));
	walk_u32(k, &b.scope);
	if (k->reads)
		k->r.bad |= !dress(a, &b, port);
}

/* spec, and how many samples there are, come first: they say how it is read. */
static void
walk_source(struct walk *k, struct source *src, const struct ask *ask)
{
	unsigned i;

	walk_addr(k, &src->addr, ask->servers[src->spec].port);
	walk_u32(k, &src->vote);
	src->noselect = walk_bool(k, src->noselect);
	walk_u32(k, &src->sent);
	walk_u32(k, &src->received);
	walk_u32(k, &src->rejected);
	src->fault = walk_small(k, src->fault);
	walk_s32(k, &src->error);
	walk_bytes(k, src->kiss, sizeof(src->kiss));
	walk_facts(k, &src->facts);
	for (i = 0; i < src->nsamples; i++)
		walk_sample(k, &src->samples[i]);
}

static void
walk_head(struct walk *k, uint32_t *magic, struct measurement *m)
{
	walk_u32(k, magic);
	walk_u32(k, &m->nsources);
	walk_u32(k, &m->nvotes);
	m->disturbed = walk_bool(k, m->disturbed);
}

uint64_t
message_max(const struct ask *ask)
{
	uint64_t sources =
	    (uint64_t)ask->nservers * ADDRESSES_MAX + ANSWERS_MAX;

	return HEAD_SIZE + sources * (SOURCE_SIZE + ask->samples * SAMPLE_SIZE);
}

int
message_write(
    struct message *msg, const struct measurement *m, const struct ask *ask)
{
	struct measurement head = *m;
	uint32_t magic = MAGIC;
	struct walk k = { 0 };
	struct source *src;
	unsigned i;

	msg->size = HEAD_SIZE;
	for (i = 0; i < m->nsources; i++)
		msg->size +=
		    SOURCE_SIZE + m->sources[i]->nsamples * SAMPLE_SIZE;
	if ((msg->bytes = malloc(msg->size)) == NULL)
		return -1;
	k.w = writer_of(msg->bytes, msg->size);
	walk_head(&k, &magic, &head);
	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		walk_u32(&k, &src->spec);
		walk_u32(&k, &src->nsamples);
		walk_source(&k, src, ask);
	}
	return 0;
}

/* Reads the next source; NULL, or what is wrong. */
static const char *
read_source(struct source **result, struct walk *k, const struct ask *ask)
{
	uint32_t spec = 0, nsamples = 0;
	struct source *src;

	walk_u32(k, &spec);
	walk_u32(k, &nsamples);
	if (k->r.bad || spec >= ask->nservers || nsamples > ask->samples)
		return "a source of no server, or with too many samples";
	*result = calloc(1, sizeof(*src) + nsamples * sizeof(struct sample));
	if (*result == NULL)
		return strerror(ENOMEM);
	src = *result;
	src->spec = spec;
	src->nsamples = nsamples;
	src->offset_ns = src->delay_ns = src->bound_ns = src->jitter_ns = -1;
	walk_source(k, src, ask);
	return k->r.bad ? "a source is cut short or malformed" : NULL;
}

/* n sources, in the order in which they were written. */
static const char *
read_sources(struct measurement *m, unsigned n, struct walk *k,
    const struct verify_limits *limits)
{
	const char *wrong = NULL;
	struct source **at;

	if ((m->sources = calloc(n, sizeof(*m->sources))) == NULL)
		return strerror(ENOMEM);
	while (wrong == NULL && m->nsources < n) {
		at = &m->sources[m->nsources];
		if ((wrong = read_source(at, k, limits->ask)) == NULL)
			wrong = verify_source(*at, m, limits);
		m->nsources += *at != NULL;
	}
	if (wrong == NULL && k->r.left != 0)
		return "it goes on behind its end";
	return wrong;
}

const char *
message_read(struct measurement *m, const struct message *msg,
    const struct verify_limits *limits)
{
	struct walk k = { .reads = true,
		.r = reader_of(msg->bytes, msg->size) };
	const char *wrong = "it does not begin as one";
	uint32_t magic = 0;
	unsigned n;

	*m = (struct measurement){ .began_mono_ns = limits->began_mono_ns,
		.ended = limits->ended };
	walk_head(&k, &magic, m);
	n = m->nsources;
	m->nsources = 0;
	if (k.r.bad || magic != MAGIC)
		return wrong;
	if (n == 0 || n > k.r.left / SOURCE_SIZE)
		return "it is cut short";
	if ((wrong = verify_head(m, n, limits)) == NULL)
		wrong = read_sources(m, n, &k, limits);
	if (wrong == NULL)
		wrong = verify_all(m, limits);
	if (wrong != NULL)
		message_forget(m);
	return wrong;
}

void
message_forget(struct measurement *m)
{
	while (m->nsources > 0)
		free(m->sources[--m->nsources]);
	free(m->sources);
	m->sources = NULL;
}
