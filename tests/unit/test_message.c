/*
 * What the child tells its parent: there and back, and every way to lie.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/addr.h"
#include "base/types.h"
#include "priv/message.h"
#include "priv/verify.h"
#include "tests/unit/unit.h"

#define BEGAN_NS (1000 * NS_PER_S)
#define ENDED_NS (BEGAN_NS + 2 * NS_PER_S)
#define REAL_NS  (INT64_C(1795000000) * NS_PER_S)
#define NSOURCES 5

static char literal[] = "192.0.2.1", name[] = "ntp.example.net";
static char watched[] = "192.0.2.2";
static struct server_spec specs[3] = {
	{ .name = literal, .port = 123, .version = 4 },
	{ .name = name, .port = 1123, .version = 4, .pool = true, .max = 3 },
	{ .name = watched, .port = 123, .version = 4, .noselect = true },
};
static const struct ask ask = { .servers = specs, .nservers = 3, .samples = 2 };
static struct verify_limits limits = { .ask = &ask };

static struct source *
new_source(unsigned spec, const char *address)
{
	struct source *src =
	    calloc(1, sizeof(*src) + ask.samples * sizeof(struct sample));

	if (src == NULL)
		exit(1);
	src->spec = spec;
	src->vote = spec;
	if (address != NULL &&
	    !addr_parse(&src->addr, address, specs[spec].port))
		exit(1);
	return src;
}

static struct instant
instant_at(int64_t mono_ns)
{
	return (struct instant){ .mono_ns = mono_ns,
		.real_ns = REAL_NS + mono_ns,
		.raw_ns = mono_ns - 5,
		.boot_ns = mono_ns + 7 * NS_PER_S,
		.apart_ns = 100 };
}

static const struct facts good_facts = { .version = 4,
	.leap = LEAP_INSERT,
	.stratum = 3,
	.precision = -23,
	.refid = 0xc0000201,
	.root_delay_ns = 12 * NS_PER_MS,
	.root_disp_ns = 7 * NS_PER_MS };

/* A measurement with all there can be: samples, a fault, a kiss, no address. */
static struct measurement
honest(void)
{
	static struct source *sources[NSOURCES];
	struct measurement m = { .sources = sources,
		.nsources = NSOURCES,
		.nvotes = 4,
		.began_mono_ns = BEGAN_NS + 3,
		.ended = instant_at(ENDED_NS) };
	struct source *src;
	unsigned i;

	src = sources[0] = new_source(0, "192.0.2.1");
	src->sent = src->received = src->nsamples = 2;
	src->rejected = 5;
	src->facts = good_facts;
	for (i = 0; i < 2; i++)
		src->samples[i] = (struct sample){
			.offset_ns = -INT64_C(4000000000) * NS_PER_S + i,
			.delay_ns = NS_PER_MS,
			.took_ns = 2 * NS_PER_MS,
			.at = instant_at(BEGAN_NS + (i + 1) * NS_PER_MS),
			.precision_ns = 150,
			.facts = good_facts,
			.tx = STAMP_KERNEL,
			.rx = STAMP_USER,
		};
	src = sources[1] = new_source(1, "2001:db8::7");
	src->sent = src->received = 1;
	src->fault = FAULT_KISS;
	strcpy(src->kiss, "RATE");
	src->facts.version = 3;
	src->facts.leap = LEAP_UNSYNC;
	src = sources[2] = new_source(1, "fe80::1%1");
	src->vote = 3;
	src->fault = FAULT_UNREACHABLE;
	src->error = 113;
	src = sources[3] = new_source(1, NULL);
	src->fault = FAULT_LOOKUP;
	src->error = -2;
	src = sources[4] = new_source(2, "192.0.2.2");
	src->noselect = true;
	src->sent = 1;
	return m;
}

static void
drop(struct measurement *m)
{
	unsigned i;

	for (i = 0; i < m->nsources; i++)
		free(m->sources[i]);
}

static bool
same_source(const struct source *a, const struct source *b)
{
	return a->spec == b->spec && a->vote == b->vote &&
	       a->addr.len == b->addr.len &&
	       memcmp(&a->addr.ss, &b->addr.ss, a->addr.len) == 0 &&
	       a->noselect == b->noselect && a->sent == b->sent &&
	       a->received == b->received && a->rejected == b->rejected &&
	       a->fault == b->fault && a->error == b->error &&
	       memcmp(a->kiss, b->kiss, sizeof(a->kiss)) == 0 &&
	       memcmp(&a->facts, &b->facts, sizeof(a->facts)) == 0 &&
	       a->nsamples == b->nsamples &&
	       memcmp(a->samples, b->samples,
		   a->nsamples * sizeof(struct sample)) == 0;
}

static void
test_there_and_back(void)
{
	struct measurement m = honest(), back;
	struct message msg;
	const char *wrong;
	unsigned i;

	CHECK("writing", message_write(&msg, &m, &ask) == 0);
	CHECK("no longer than announced", msg.size <= message_max(&ask));
	wrong = message_read(&back, &msg, &limits);
	CHECK(wrong != NULL ? wrong : "honest", wrong == NULL);
	CHECK_EQ("sources", back.nsources, NSOURCES);
	CHECK_EQ("votes", back.nvotes, 4);
	CHECK_EQ("began", back.began_mono_ns, limits.began_mono_ns);
	CHECK("ended, as we know",
	    memcmp(&back.ended, &limits.ended, sizeof(m.ended)) == 0);
	for (i = 0; i < back.nsources; i++)
		CHECK("a source", same_source(back.sources[i], m.sources[i]));
	message_forget(&back);
	free(msg.bytes);
	drop(&m);
}

/* Every lie, as a change of the honest measurement before it is written. */
typedef void lie(struct measurement *m);

#define LIE(name, change)                                                      \
	static void lie_##name(struct measurement *m)                          \
	{                                                                      \
		struct source *src = m->sources[0];                            \
		struct sample *s = &src->samples[1];                           \
		(void)src;                                                     \
		(void)s;                                                       \
		change;                                                        \
	}

LIE(votes_too_many, m->nvotes = 6)
LIE(votes_too_few, m->nvotes = 1)
LIE(another_address,
    ((struct sockaddr_in *)&src->addr.ss)->sin_addr.s_addr ^= 1)
LIE(vote, src->vote = 4)
LIE(watched_that_votes, m->sources[4]->noselect = false)
LIE(vote_that_is_none, src->noselect = true)
LIE(vote_of_a_pool, src->vote = 3)
LIE(vote_of_another, m->sources[1]->vote = 0)
LIE(watched_with_a_vote, m->sources[4]->noselect = (m->sources[4]->vote = 0))
LIE(sent_nothing, src->sent = 1)
LIE(sent_huge, src->sent = UINT32_MAX)
LIE(rejected_huge, src->rejected = UINT32_MAX)
LIE(more_samples_than_replies, src->received = 1)
LIE(fault, src->fault = FAULT__MAX)
LIE(error, src->error = 4096)
LIE(error_below, src->error = -4096)
LIE(kiss_short, strcpy(src->kiss, "AB"))
LIE(kiss_lower, strcpy(src->kiss, "rate"))
LIE(kiss_escape, strcpy(src->kiss, "\033[0m"))
LIE(kiss_endless, memcpy(src->kiss, "RATES", 5))
LIE(kiss_behind_its_end, memcpy(src->kiss, "\0\0\0\0A", 5))
LIE(leap, src->facts.leap = 4)
LIE(version, src->facts.version = 8)
LIE(root_delay, src->facts.root_delay_ns = -1)
LIE(root_delay_huge, src->facts.root_delay_ns = 65536 * NS_PER_S + 1)
LIE(root_dispersion, src->facts.root_disp_ns = INT64_MIN)
LIE(offset, s->offset_ns = INT64_MIN)
LIE(delay_zero, s->delay_ns = 0)
LIE(delay_negative, s->delay_ns = -1)
LIE(delay_huge, s->delay_ns = INT64_MAX)
LIE(took, s->took_ns = -1)
LIE(took_huge, s->took_ns = INT64_MAX)
LIE(precision_zero, s->precision_ns = 0)
LIE(precision_huge, s->precision_ns = 3 * NS_PER_S)
LIE(sample_early, s->at = instant_at(BEGAN_NS - 1))
LIE(sample_late, s->at = instant_at(ENDED_NS + 1))
LIE(sample_real, s->at.real_ns = -1)
LIE(sample_raw, s->at.raw_ns = -1)
LIE(sample_boot, s->at.boot_ns = INT64_MIN)
LIE(sample_apart, s->at.apart_ns = -1)
LIE(sample_leap, s->facts.leap = LEAP_UNSYNC)
LIE(sample_stratum_0, s->facts.stratum = 0)
LIE(sample_stratum_16, s->facts.stratum = 16)
LIE(sample_version, s->facts.version = 5)
LIE(sample_precision, s->facts.precision = 1)
LIE(sample_precision_fine, s->facts.precision = -33)
LIE(sample_root, s->facts.root_disp_ns = 16 * NS_PER_S)
LIE(sample_tx, s->tx = 2)
LIE(sample_rx, s->rx = 255)
LIE(servers_swapped, m->sources[2]->spec = 0)
LIE(server_missing, m->nsources = 1)
LIE(last_server_missing,
    m->sources[1]->spec = m->sources[2]->spec = m->sources[3]->spec = 0)
LIE(first_server_missing, src->spec = 1)
LIE(unknown_family, m->sources[1]->addr.ss.ss_family = AF_UNIX)

#define OF(name)                                                               \
	{                                                                      \
#name, lie_##name                                              \
	}

static const struct {
	const char *name;
	lie *change;
} lies[] = { OF(votes_too_many), OF(votes_too_few), OF(another_address),
	OF(vote), OF(watched_that_votes), OF(vote_that_is_none),
	OF(vote_of_a_pool), OF(vote_of_another), OF(watched_with_a_vote),
	OF(sent_nothing), OF(sent_huge), OF(rejected_huge),
	OF(more_samples_than_replies), OF(fault), OF(error), OF(error_below),
	OF(kiss_short), OF(kiss_lower), OF(kiss_escape), OF(kiss_endless),
	OF(kiss_behind_its_end), OF(leap), OF(version), OF(root_delay),
	OF(root_delay_huge), OF(root_dispersion), OF(offset), OF(delay_zero),
	OF(delay_negative), OF(delay_huge), OF(took), OF(took_huge),
	OF(precision_zero), OF(precision_huge), OF(sample_early),
	OF(sample_late), OF(sample_real), OF(sample_raw), OF(sample_boot),
	OF(sample_apart), OF(sample_leap), OF(sample_stratum_0),
	OF(sample_stratum_16), OF(sample_version), OF(sample_precision),
	OF(sample_precision_fine), OF(sample_root), OF(sample_tx),
	OF(sample_rx), OF(server_missing), OF(servers_swapped),
	OF(last_server_missing), OF(first_server_missing), OF(unknown_family) };

static void
test_lies(void)
{
	struct measurement m, back;
	struct message msg;
	size_t i;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		m = honest();
		lies[i].change(&m);
		CHECK(lies[i].name, message_write(&msg, &m, &ask) == 0);
		CHECK(lies[i].name, message_read(&back, &msg, &limits) != NULL);
		CHECK(lies[i].name, back.nsources == 0 && back.sources == NULL);
		free(msg.bytes);
		m.nsources = NSOURCES;
		drop(&m);
	}
}

/* Cut anywhere, or with a byte too many, it is refused. */
static void
test_lengths(void)
{
	struct measurement m = honest(), back;
	struct message msg;
	size_t size;

	CHECK("writing", message_write(&msg, &m, &ask) == 0);
	size = msg.size;
	for (msg.size = 0; msg.size < size; msg.size++)
		CHECK("cut", message_read(&back, &msg, &limits) != NULL);
	msg.bytes = realloc(msg.bytes, size + 1);
	if (msg.bytes == NULL)
		exit(1);
	msg.bytes[size] = 0;
	msg.size = size + 1;
	CHECK("too long", message_read(&back, &msg, &limits) != NULL);
	free(msg.bytes);
	drop(&m);
}

/* Whatever bit is turned: what is believed can be written, and read again. */
static void
test_bits(void)
{
	struct measurement m = honest(), back, twice;
	struct message msg, again;
	unsigned believed = 0;
	size_t bit;

	CHECK("writing", message_write(&msg, &m, &ask) == 0);
	for (bit = 0; bit < msg.size * 8; bit++) {
		msg.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (message_read(&back, &msg, &limits) == NULL) {
			believed++;
			CHECK("again", message_write(&again, &back, &ask) == 0);
			CHECK("again",
			    message_read(&twice, &again, &limits) == NULL);
			message_forget(&twice);
			free(again.bytes);
		}
		message_forget(&back);
		msg.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK("some are numbers in range", believed > 0);
	CHECK("others are not", believed < msg.size * 8);
	free(msg.bytes);
	drop(&m);
}

/* On a machine of 32 bits it came to less for more servers. */
static void
test_longest(void)
{
	struct ask few = { .nservers = 77000, .samples = SAMPLES_MAX };
	struct ask more = { .nservers = 100000, .samples = SAMPLES_MAX };

	CHECK("longest", message_max(&few) < message_max(&more));
}

int
main(void)
{
	test_longest();
	limits.began_mono_ns = BEGAN_NS;
	limits.ended = instant_at(ENDED_NS);
	test_there_and_back();
	test_lies();
	test_lengths();
	test_bits();
	UNIT_END();
}
