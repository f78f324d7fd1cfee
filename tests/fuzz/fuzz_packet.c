/*
 * Fuzzer of ntp_proto: any packet as the reply to a request.
 *
 * An input is a byte that says how kind we are to the packet, the local clock's
 * readings, and the packet.  What is believed in the end is reckoned again from
 * its bytes, in integers that are wide enough.
 */

#include <ctype.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "tests/fuzz/fuzz.h"

#define KIND_ORIGIN 1 /* the packet answers what was asked, */
#define KIND_TIME   2 /* and the local clock is nearly right */
#define YEARS_290   (INT64_C(290) * 31556952 * NS_PER_S)

static uint64_t
field(const uint8_t *wire, int at)
{
	struct reader r = reader_of(wire + at, 8);

	return read_u64(&r);
}

static void
check_text(const struct facts *f, int family)
{
	char buf[NTP_REFID_SIZE];
	const char *c = ntp_refid_text(buf, f, family);

	HOLDS(c == buf && *c != '\0');
	for (; *c != '\0'; c++)
		HOLDS(*c >= ' ' && *c <= '~');
	HOLDS(c < buf + sizeof(buf));
}

/* Bytes to facts and back are the same bytes, and times come back too. */
static void
check_codec(const uint8_t *wire)
{
	uint8_t again[NTP_HEADER_SIZE];
	struct ntp_packet p;
	int64_t ns;

	HOLDS(ntp_unpack(&p, wire, NTP_HEADER_SIZE));
	ntp_pack(again, &p);
	HOLDS(memcmp(again, wire, NTP_HEADER_SIZE) == 0);
	ns = ntp_to_ns(p.transmit);
	HOLDS(ns >= 0 && ntp_to_ns(ntp_from_ns(ns)) == ns);
	check_text(&p.facts, AF_INET);
	check_text(&p.facts, AF_INET6);
}

/* What is sent tells nothing but the version, and can be told from replies. */
static void
check_request(uint64_t xmt)
{
	uint8_t wire[NTP_HEADER_SIZE];
	struct ntp_packet p;
	size_t i;

	ntp_request(wire, 4, xmt);
	HOLDS(wire[0] == 0x23 && field(wire, 40) == xmt);
	for (i = 1; i < 40; i++)
		HOLDS(wire[i] == 0);
	HOLDS(
	    ntp_reply(&p, (char[5]){ 0 }, wire, sizeof(wire), 0) == FAULT_MODE);
}

/* Any moment and any duration come back, as exactly as the wire can tell. */
static void
check_moment(int64_t ns)
{
	__int128 back = ntp_short_to_ns(ntp_short_from_ns(ns));
	uint64_t wire = ntp_from_ns(ns % YEARS_290);

	HOLDS(ntp_from_ns(ntp_to_ns(wire)) - wire + 4 <= 8);
	if (ns < 0)
		HOLDS(back == 0);
	else if (ns >= 65536 * NS_PER_S)
		HOLDS(back == ntp_short_to_ns(UINT32_MAX));
	else
		HOLDS(back - ns < 16 * NS_PER_US && ns - back < 16 * NS_PER_US);
}

static void
check_kiss(enum fault f, const char *kiss, const struct ntp_packet *p)
{
	size_t i, n = strlen(kiss);

	HOLDS(n == 0 || n == 3 || n == 4);
	for (i = 0; i < n; i++)
		HOLDS(isupper((unsigned char)kiss[i]));
	HOLDS(f != FAULT_KISS || n > 0);
	HOLDS(n == 0 ||
	      (p->facts.stratum == 0 && (f == FAULT_KISS || f == FAULT_LEAP)));
}

/* What is accepted has all that a reply must have, in its own bytes. */
static void
check_reply(const struct ntp_packet *p, const uint8_t *wire, uint64_t xmt)
{
	HOLDS((wire[0] & 7) == NTP_MODE_SERVER && wire[0] >> 6 != LEAP_UNSYNC);
	HOLDS((wire[0] >> 3 & 7) == 3 || (wire[0] >> 3 & 7) == 4);
	HOLDS(wire[1] >= 1 && wire[1] <= 15);
	HOLDS(field(wire, 24) == xmt);
	HOLDS(field(wire, 32) != 0 && field(wire, 40) != 0);
	HOLDS(p->facts.precision >= -32 && p->facts.precision <= 0);
	HOLDS(p->facts.root_delay_ns >= 0 && p->facts.root_disp_ns >= 0);
	HOLDS(
	    p->facts.root_delay_ns / 2 + p->facts.root_disp_ns < 16 * NS_PER_S);
	HOLDS(ntp_to_ns(p->transmit) - ntp_to_ns(p->receive) <= 4 * NS_PER_S);
}

static void
check_sample(
    const struct ntp_packet *p, int64_t t1, int64_t t4, int64_t precision_ns)
{
	__int128 t2 = ntp_to_ns(p->receive), t3 = ntp_to_ns(p->transmit), twice;
	enum fault f;
	struct sample s;

	f = ntp_sample(&s, p, t1, t4, precision_ns);
	HOLDS(f == FAULT_NONE || f == FAULT_DELAY);
	if (f == FAULT_DELAY) {
		HOLDS(t4 - t1 < t3 - t2);
		return;
	}
	twice = (t2 - t1) + (t3 - t4) - 2 * (__int128)s.offset_ns;
	HOLDS(twice >= -1 && twice <= 1);
	HOLDS(s.delay_ns >= precision_ns && s.delay_ns > 0);
	HOLDS(
	    s.delay_ns == precision_ns || s.delay_ns == (t4 - t1) - (t3 - t2));
	HOLDS(s.precision_ns > precision_ns);
}

/* A local clock that is never negative, and a round trip of -1 s to 100 s. */
static void
check_accepted(const struct ntp_packet *p, struct reader clock, bool near)
{
	int64_t t1 = (int64_t)(read_u64(&clock) % YEARS_290), t4;

	if (near)
		t1 = ntp_to_ns(p->receive) - t1 % NS_PER_S;
	t4 = t1 + (int64_t)(read_u64(&clock) % (101 * NS_PER_S)) - NS_PER_S;
	check_sample(p, t1, t4, 1 + read_u8(&clock) * NS_PER_US);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n), clock;
	uint8_t kind = read_u8(&r);
	struct ntp_packet p;
	enum fault f;
	uint64_t xmt;
	char kiss[5];

	clock = r;
	check_request(read_u64(&r));
	check_moment((int64_t)read_u64(&r));
	read_skip(&r, 1);
	if (r.bad)
		return 0;
	xmt = UINT64_C(0x0123456789abcdef);
	if (kind & KIND_ORIGIN && r.left >= NTP_HEADER_SIZE)
		xmt = field(r.at, 24);
	f = ntp_reply(&p, kiss, r.at, r.left, xmt);
	HOLDS(f < FAULT__MAX);
	HOLDS((f == FAULT_LENGTH) == (r.left < NTP_HEADER_SIZE));
	if (f == FAULT_LENGTH)
		return 0;
	check_codec(r.at);
	HOLDS((f == FAULT_ORIGIN) == (field(r.at, 24) != xmt));
	check_kiss(f, kiss, &p);
	if (f == FAULT_NONE) {
		check_reply(&p, r.at, xmt);
		check_accepted(&p, clock, kind & KIND_TIME);
	}
	return 0;
}
