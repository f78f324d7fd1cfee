/*
 * Unit tests of ntp_proto: the codec, the eras, and every rung of the ladder
 * that a reply must climb, with a packet just inside and one just outside.
 */

#include <stdbool.h>
#include <string.h>

#include "ntp_proto.h"
#include "tests/unit/scrambled.h"
#include "tests/unit/unit.h"

#define XMT    UINT64_C(0x0123456789abcdef)
#define ERA_S  (INT64_C(1) << 32)
#define YEAR_S INT64_C(31556952) /* 365.2425 days */
#define YEAR   (YEAR_S * NS_PER_S)
#define T2     (1795338720 * NS_PER_S + 123456789) /* 2026-11-22 09:12:00 */
#define NTP(s) ((uint64_t)(s) << 32)
#define LOTS   200000

/* The era that is read as itself: 1970 to 2106 in a build of before 2038. */
static int64_t
first_s(void)
{
	int64_t pivot_s = ntp_build_ns() / NS_PER_S - 68 * YEAR_S;

	return pivot_s > 0 ? pivot_s : 0;
}

/* ---- time formats ---- */

static const struct {
	const char *what;
	int64_t unix_s;
	uint32_t ntp_s;
} moments[] = {
	{ "1970-01-01 00:00:00", 0, 2208988800 },
	{ "1970-01-01 00:00:01", 1, 2208988801 },
	{ "2001-09-09 01:46:40", 1000000000, 3208988800 },
	{ "2026-11-22 09:12:00", 1795338720, 4004327520 },
	{ "2036-02-07 06:28:14", 2085978494, 4294967294 },
	{ "2036-02-07 06:28:15", 2085978495, 4294967295 },
	{ "2036-02-07 06:28:16", 2085978496, 0 },
	{ "2036-02-07 06:28:17", 2085978497, 1 },
	{ "2038-01-19 03:14:07", 2147483647, 61505151 },
	{ "2038-01-19 03:14:08", 2147483648, 61505152 },
	{ "2100-03-01 00:00:00", 4107542400, 2021563904 },
	{ "2105-12-31 23:59:59", 4291747199, 2205768703 },
	{ "2106-02-07 06:28:15", 4294967295, 2208988799 },
};

static void
check_there_and_back(const char *what, int64_t ns)
{
	if (ns / NS_PER_S >= first_s() && ns / NS_PER_S < first_s() + ERA_S)
		CHECK_EQ(what, ntp_to_ns(ntp_from_ns(ns)), ns);
}

static void
test_eras(void)
{
	const char *what;
	int64_t ns;
	size_t i;

	for (i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		what = moments[i].what;
		ns = moments[i].unix_s * NS_PER_S;
		CHECK(what, ntp_from_ns(ns) == NTP(moments[i].ntp_s));
		CHECK_EQ(what, (int64_t)(ntp_from_ns(ns + 1) >> 32),
		    moments[i].ntp_s);
		CHECK_EQ(what, (int64_t)(ntp_from_ns(ns + NS_PER_S - 1) >> 32),
		    moments[i].ntp_s);
		check_there_and_back(what, ns);
		check_there_and_back(what, ns + 1);
		check_there_and_back(what, ns + 999999999);
	}
	/* the edges themselves: the last nanosecond, and what comes around */
	check_there_and_back("the last ns", ERA_S * NS_PER_S - 1);
	CHECK("2106-02-07 06:28:16 has the bits of 1970",
	    ntp_from_ns(ERA_S * NS_PER_S) == NTP(2208988800));
	CHECK("1900 has the bits of 2036",
	    ntp_from_ns(-2208988800 * NS_PER_S) == 0);
	CHECK_EQ("the first moment",
	    ntp_to_ns(ntp_from_ns(first_s() * NS_PER_S)), first_s() * NS_PER_S);
	CHECK_EQ("the ns before it is the last of all",
	    ntp_to_ns(ntp_from_ns(first_s() * NS_PER_S - 1)),
	    (first_s() + ERA_S) * NS_PER_S - 1);
	CHECK("before 1970", ntp_from_ns(-1) >> 32 == 2208988799);
	CHECK("no overflow", ntp_from_ns(INT64_MIN) != ntp_from_ns(INT64_MAX));
}

static void
test_round_trips(void)
{
	int64_t ns, span_ns = ERA_S * NS_PER_S;
	int i;

	for (i = 0; i < LOTS; i++) {
		check_there_and_back(
		    "any ns", first_s() * NS_PER_S +
				  (int64_t)(scrambled() % (uint64_t)span_ns));
		ns = (int64_t)(scrambled() % NS_PER_S);
		check_there_and_back(
		    "any ns of T2", T2 / NS_PER_S * NS_PER_S + ns);
	}
	for (i = 0; i < LOTS; i++) {
		check_there_and_back("each ns after T2", T2 + i);
		check_there_and_back("each ns around 2036",
		    2085978496 * NS_PER_S - LOTS / 2 + i);
	}
}

/* Nearest, and up where two are as near. */
static void
test_fractions(void)
{
	static const struct {
		uint32_t fraction;
		int64_t ns;
	} reads[] = {
		{ 0, 0 },
		{ 1, 0 },
		{ 2, 0 },
		{ 3, 1 },
		{ 4, 1 },
		{ 6, 1 },
		{ 7, 2 },                      /* 1.63 */
		{ UINT32_C(1) << 22, 976563 }, /* 976562.5 */
		{ (UINT32_C(1) << 22) - 1, 976562 },
		{ UINT32_C(0x40000000), 250000000 },
		{ UINT32_C(0x80000000), 500000000 },
		{ UINT32_C(0xc0000000), 750000000 },
		{ UINT32_C(0xfffffffd), 999999999 },  /* .30 */
		{ UINT32_C(0xfffffffe), 1000000000 }, /* 999999999.53 */
		{ UINT32_C(0xffffffff), 1000000000 },
	};
	static const struct {
		int64_t ns;
		uint32_t fraction;
	} writes[] = {
		{ 0, 0 },
		{ 1, 4 },
		{ 2, 9 },
		{ 3, 13 },
		{ 500000000, UINT32_C(1) << 31 },
		{ 250000000, UINT32_C(1) << 30 },
		{ 999999998, 4294967287 },
		{ 999999999, 4294967292 },
	};
	int64_t s = T2 / NS_PER_S;
	uint64_t ntp = ntp_from_ns(s * NS_PER_S);
	size_t i;

	for (i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		CHECK_EQ("fraction to ns",
		    ntp_to_ns(ntp | reads[i].fraction) - s * NS_PER_S,
		    reads[i].ns);
	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		CHECK_EQ("ns to fraction",
		    (int64_t)(ntp_from_ns(s * NS_PER_S + writes[i].ns) - ntp),
		    writes[i].fraction);
	CHECK_EQ("before 1970 too",
	    (int64_t)(ntp_from_ns(-NS_PER_S + 1) & UINT32_MAX), 4);
}

static void
test_short(void)
{
	static const struct {
		uint32_t ntp;
		int64_t ns;
	} both[] = {
		{ 0, 0 },
		{ 1, 15259 },
		{ 2, 30518 },
		{ 3, 45776 },
		{ 0x8000, 500000000 },
		{ 0xffff, 999984741 },
		{ 0x10000, NS_PER_S },
		{ 0x10001, NS_PER_S + 15259 },
		{ 0x100000, 16 * NS_PER_S },
		{ 0xfffff, 15999984741 },
		{ 0x80000000, 32768 * NS_PER_S },
		{ 0xffff0000, 65535 * NS_PER_S },
		{ 0xffffffff, 65535999984741 },
	};
	static const struct {
		int64_t ns;
		uint32_t ntp;
	} writes[] = {
		{ -1, 0 },
		{ INT64_MIN, 0 },
		{ 7629, 0 },
		{ 7630, 1 },
		{ 22888, 1 },
		{ 22889, 2 },
		{ 65536 * NS_PER_S, UINT32_MAX },
		{ 65536 * NS_PER_S - 1, UINT32_MAX },
		{ 65536 * NS_PER_S - 15258, UINT32_MAX },
		{ 65536 * NS_PER_S - 15259, UINT32_MAX },
		{ 65536 * NS_PER_S - 22888, UINT32_MAX },
		{ 65536 * NS_PER_S - 22889, UINT32_MAX - 1 },
		{ INT64_MAX, UINT32_MAX },
	};
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		CHECK_EQ(
		    "short to ns", ntp_short_to_ns(both[i].ntp), both[i].ns);
		CHECK_EQ("short from ns", ntp_short_from_ns(both[i].ns),
		    both[i].ntp);
	}
	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		CHECK_EQ("short from ns", ntp_short_from_ns(writes[i].ns),
		    writes[i].ntp);
	for (n = 0; n <= UINT32_MAX; n += 9973)
		CHECK_EQ("short there and back",
		    ntp_short_from_ns(ntp_short_to_ns((uint32_t)n)),
		    (int64_t)n);
}

static void
test_precision(void)
{
	static const struct {
		int8_t precision;
		int64_t ns;
	} known[] = {
		{ 0, NS_PER_S },
		{ -1, 500000000 },
		{ -6, 15625000 },
		{ -9, 1953125 },
		{ -10, 976563 },
		{ -18, 3815 },
		{ -20, 954 },
		{ -23, 120 },
		{ -24, 60 },
		{ -29, 2 },
		{ -30, 1 },
		{ -31, 1 },
		{ -32, 1 },
	};
	int64_t ns;
	size_t i;
	int p;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		CHECK_EQ("precision", ntp_precision_ns(known[i].precision),
		    known[i].ns);
	for (p = -32; p <= 0; p++) {
		ns = ntp_precision_ns((int8_t)p);
		CHECK_EQ(
		    "rounded up, and no further", (NS_PER_S - 1) >> -p, ns - 1);
	}
}

/* ---- the codec ---- */

static const uint8_t known_wire[NTP_HEADER_SIZE] = {
	0x24, 0x01, 0xfa, 0xe9,                         /* LI 0, v4, server */
	0x00, 0x01, 0x80, 0x00,                         /* 1.5 s */
	0x00, 0x00, 0x40, 0x00,                         /* 0.25 s */
	'G', 'P', 'S', 0,                               /* */
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, /* reference */
	0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, /* origin */
	0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, /* receive */
	0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, /* transmit */
};

static void
test_layout(void)
{
	uint8_t again[NTP_HEADER_SIZE] = { 0 };
	struct ntp_packet p;

	memset(&p, 0xff, sizeof(p));
	CHECK("unpack", ntp_unpack(&p, known_wire, sizeof(known_wire)));
	CHECK_EQ("leap", p.facts.leap, LEAP_NONE);
	CHECK_EQ("version", p.facts.version, 4);
	CHECK_EQ("mode", p.mode, NTP_MODE_SERVER);
	CHECK_EQ("stratum", p.facts.stratum, 1);
	CHECK_EQ("poll", p.poll, -6);
	CHECK_EQ("precision", p.facts.precision, -23);
	CHECK_EQ("root delay", p.facts.root_delay_ns, 1500 * NS_PER_MS);
	CHECK_EQ("root dispersion", p.facts.root_disp_ns, 250 * NS_PER_MS);
	CHECK_EQ("refid", p.facts.refid, 0x47505300);
	CHECK("reference", p.reference == UINT64_C(0x1112131415161718));
	CHECK("origin", p.origin == UINT64_C(0x2122232425262728));
	CHECK("receive", p.receive == UINT64_C(0x3132333435363738));
	CHECK("transmit", p.transmit == UINT64_C(0x4142434445464748));
	ntp_pack(again, &p);
	CHECK("pack", memcmp(again, known_wire, sizeof(again)) == 0);
	p.facts.root_delay_ns = INT64_MAX;
	p.facts.root_disp_ns = -1;
	ntp_pack(again, &p);
	CHECK("saturates", memcmp(again + 4, "\xff\xff\xff\xff", 4) == 0);
	CHECK("saturates", memcmp(again + 8, "\0\0\0\0", 4) == 0);
}

/* Any 48 bytes are a packet, and the packet is those bytes. */
static void
test_codec_round_trip(void)
{
	uint8_t wire[NTP_HEADER_SIZE], again[NTP_HEADER_SIZE];
	struct ntp_packet p;
	size_t j;
	int i;

	for (i = 0; i < 20000; i++) {
		for (j = 0; j < sizeof(wire); j++)
			wire[j] = (uint8_t)(scrambled() >> 32);
		wire[0] = (uint8_t)i;
		CHECK("unpack", ntp_unpack(&p, wire, sizeof(wire)));
		ntp_pack(again, &p);
		CHECK("any bytes", memcmp(again, wire, sizeof(wire)) == 0);
	}
}

static void
test_request(void)
{
	uint8_t wire[NTP_HEADER_SIZE], zero[40] = { 0 };
	static const uint8_t xmt[8] = { 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd,
		0xef };

	ntp_request(wire, 4, XMT);
	CHECK_EQ("LI 0, version 4, client", wire[0], 0x23);
	CHECK("tells nothing", memcmp(wire + 1, zero, 39) == 0);
	CHECK("transmit", memcmp(wire + 40, xmt, 8) == 0);
	ntp_request(wire, 3, XMT);
	CHECK_EQ("LI 0, version 3, client", wire[0], 0x1b);
	CHECK("tells nothing", memcmp(wire + 1, zero, 39) == 0);
}

/* ---- the ladder ---- */

static struct ntp_packet
good_reply(void)
{
	struct ntp_packet p = { 0 };

	p.facts.version = 4;
	p.facts.stratum = 2;
	p.facts.precision = -20;
	p.facts.refid = 0xc0000201;
	p.mode = NTP_MODE_SERVER;
	p.origin = XMT;
	p.receive = ntp_from_ns(T2);
	p.transmit = ntp_from_ns(T2 + 20000);
	return p;
}

/*
 * Judges bytes that lie in memory of just their size, so that the sanitizer
 * sees who reads on.
 */
static enum fault
judge_bytes(char kiss[5], const void *wire, size_t n)
{
	uint8_t *exact = malloc(n + (n == 0));
	struct ntp_packet p;
	enum fault f;

	if (exact == NULL)
		abort();
	if (n > 0)
		memcpy(exact, wire, n);
	memset(kiss, '?', 5);
	f = ntp_reply(&p, kiss, exact, n, XMT);
	free(exact);
	return f;
}

static enum fault
judge(const struct ntp_packet *p)
{
	uint8_t wire[NTP_HEADER_SIZE];
	char kiss[5];

	ntp_pack(wire, p);
	return judge_bytes(kiss, wire, sizeof(wire));
}

/* What the first octets can say; the root distance in 1/65536 s. */
static const struct {
	const char *what;
	uint8_t leap, version, mode, stratum;
	int8_t precision;
	uint32_t root_delay, root_disp;
	enum fault want;
} headers[] = {
	{ "good", 0, 4, 4, 2, -20, 0, 0, FAULT_NONE },
	{ "version 3", 0, 3, 4, 2, -20, 0, 0, FAULT_NONE },
	{ "version 0", 0, 0, 4, 2, -20, 0, 0, FAULT_VERSION },
	{ "version 1", 0, 1, 4, 2, -20, 0, 0, FAULT_VERSION },
	{ "version 2", 0, 2, 4, 2, -20, 0, 0, FAULT_VERSION },
	{ "version 5", 0, 5, 4, 2, -20, 0, 0, FAULT_VERSION },
	{ "version 6", 0, 6, 4, 2, -20, 0, 0, FAULT_VERSION },
	{ "version 7", 0, 7, 4, 2, -20, 0, 0, FAULT_VERSION },
	{ "mode 0", 0, 4, 0, 2, -20, 0, 0, FAULT_MODE },
	{ "mode 1", 0, 4, 1, 2, -20, 0, 0, FAULT_MODE },
	{ "mode 2", 0, 4, 2, 2, -20, 0, 0, FAULT_MODE },
	{ "our own request", 0, 4, 3, 2, -20, 0, 0, FAULT_MODE },
	{ "broadcast", 0, 4, 5, 2, -20, 0, 0, FAULT_MODE },
	{ "mode 6", 0, 4, 6, 2, -20, 0, 0, FAULT_MODE },
	{ "mode 7", 0, 4, 7, 2, -20, 0, 0, FAULT_MODE },
	{ "leap insert", 1, 4, 4, 2, -20, 0, 0, FAULT_NONE },
	{ "leap delete", 2, 4, 4, 2, -20, 0, 0, FAULT_NONE },
	{ "leap 3", 3, 4, 4, 2, -20, 0, 0, FAULT_LEAP },
	{ "leap 3, stratum 16", 3, 4, 4, 16, -20, 0, 0, FAULT_LEAP },
	{ "leap 3, stratum 0", 3, 4, 4, 0, -20, 0, 0, FAULT_LEAP },
	{ "stratum 0, no code", 0, 4, 4, 0, -20, 0, 0, FAULT_STRATUM },
	{ "stratum 1", 0, 4, 4, 1, -20, 0, 0, FAULT_NONE },
	{ "stratum 15", 0, 4, 4, 15, -20, 0, 0, FAULT_NONE },
	{ "stratum 16", 0, 4, 4, 16, -20, 0, 0, FAULT_STRATUM },
	{ "stratum 17", 0, 4, 4, 17, -20, 0, 0, FAULT_STRATUM },
	{ "stratum 255", 0, 4, 4, 255, -20, 0, 0, FAULT_STRATUM },
	{ "precision -32", 0, 4, 4, 2, -32, 0, 0, FAULT_NONE },
	{ "precision -33", 0, 4, 4, 2, -33, 0, 0, FAULT_PRECISION },
	{ "precision -64", 0, 4, 4, 2, -64, 0, 0, FAULT_PRECISION },
	{ "precision -128", 0, 4, 4, 2, -128, 0, 0, FAULT_PRECISION },
	{ "precision 0", 0, 4, 4, 2, 0, 0, 0, FAULT_NONE },
	{ "precision 1", 0, 4, 4, 2, 1, 0, 0, FAULT_PRECISION },
	{ "precision 127", 0, 4, 4, 2, 127, 0, 0, FAULT_PRECISION },
	{ "dispersion under 16 s", 0, 4, 4, 2, -20, 0, 0xfffff, FAULT_NONE },
	{ "dispersion 16 s", 0, 4, 4, 2, -20, 0, 0x100000, FAULT_ROOT },
	{ "delay under 32 s", 0, 4, 4, 2, -20, 0x1fffff, 0, FAULT_NONE },
	{ "delay 32 s", 0, 4, 4, 2, -20, 0x200000, 0, FAULT_ROOT },
	{ "both, under", 0, 4, 4, 2, -20, 1, 0xfffff, FAULT_NONE },
	{ "both, at 16 s", 0, 4, 4, 2, -20, 2, 0xfffff, FAULT_ROOT },
	{ "8 s and 8 s", 0, 4, 4, 2, -20, 0x100000, 0x80000, FAULT_ROOT },
	{ "8 s and less", 0, 4, 4, 2, -20, 0x100000, 0x7ffff, FAULT_NONE },
	{ "all ones", 0, 4, 4, 2, -20, UINT32_MAX, UINT32_MAX, FAULT_ROOT },
	{ "negative delay", 0, 3, 4, 2, -20, UINT32_MAX, 0, FAULT_ROOT },
};

static void
test_headers(void)
{
	struct ntp_packet p;
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		p = good_reply();
		p.facts.refid = 0;
		p.facts.leap = headers[i].leap;
		p.facts.version = headers[i].version;
		p.mode = headers[i].mode;
		p.facts.stratum = headers[i].stratum;
		p.facts.precision = headers[i].precision;
		p.facts.root_delay_ns = ntp_short_to_ns(headers[i].root_delay);
		p.facts.root_disp_ns = ntp_short_to_ns(headers[i].root_disp);
		CHECK_EQ(headers[i].what, judge(&p), headers[i].want);
	}
}

static void
test_origin(void)
{
	struct ntp_packet p;
	int bit;

	for (bit = 0; bit < 64; bit++) {
		p = good_reply();
		p.origin ^= UINT64_C(1) << bit;
		CHECK_EQ("one bit is wrong", judge(&p), FAULT_ORIGIN);
	}
	p = good_reply();
	p.origin = 0;
	CHECK_EQ("no origin", judge(&p), FAULT_ORIGIN);
	p.origin = p.transmit;
	CHECK_EQ("origin in the wrong place", judge(&p), FAULT_ORIGIN);
	/* whatever else it is, it is no answer to us */
	p.facts.stratum = 0;
	p.facts.version = 7;
	p.mode = 0;
	p.transmit = 0;
	CHECK_EQ("before all else", judge(&p), FAULT_ORIGIN);
}

static const struct {
	const char *what;
	int8_t precision;
	int64_t hold_ns;
	enum fault want;
} holds[] = {
	{ "no time at all", -20, 0, FAULT_NONE },
	{ "1 ns", -20, 1, FAULT_NONE },
	{ "4 s", -20, 4 * NS_PER_S, FAULT_NONE },
	{ "over 4 s", -20, 4 * NS_PER_S + 1, FAULT_HOLD },
	{ "an hour", -20, 3600 * NS_PER_S, FAULT_HOLD },
	{ "10 years", -20, 10 * YEAR, FAULT_HOLD },
	{ "back by the precision", -20, -954, FAULT_NONE },
	{ "back by more", -20, -955, FAULT_ORDER },
	{ "back by half a second", -20, -500000000, FAULT_ORDER },
	{ "back by 10 years", -20, -10 * YEAR, FAULT_ORDER },
	{ "finest, back", -32, -1, FAULT_NONE },
	{ "finest, back by more", -32, -2, FAULT_ORDER },
	{ "coarsest, back", 0, -NS_PER_S, FAULT_NONE },
	{ "coarsest, back by more", 0, -NS_PER_S - 1, FAULT_ORDER },
	{ "coarsest, 4 s", 0, 4 * NS_PER_S, FAULT_NONE },
	{ "coarsest, over 4 s", 0, 4 * NS_PER_S + 1, FAULT_HOLD },
};

static void
test_times(void)
{
	struct ntp_packet p;
	size_t i;

	for (i = 0; i < sizeof(holds) / sizeof(holds[0]); i++) {
		p = good_reply();
		p.facts.precision = holds[i].precision;
		p.transmit = ntp_from_ns(T2 + holds[i].hold_ns);
		CHECK_EQ(holds[i].what, judge(&p), holds[i].want);
		/* the same across the end of era 0, whose stamp is zero */
		p.receive = ntp_from_ns(2085978496 * NS_PER_S - 500);
		p.transmit =
		    ntp_from_ns(2085978496 * NS_PER_S - 500 + holds[i].hold_ns);
		CHECK_EQ(holds[i].what, judge(&p), holds[i].want);
	}
	p = good_reply();
	p.receive = 0;
	CHECK_EQ("no receive", judge(&p), FAULT_ZERO);
	p = good_reply();
	p.transmit = 0;
	CHECK_EQ("no transmit", judge(&p), FAULT_ZERO);
	p.receive = 0;
	CHECK_EQ("neither", judge(&p), FAULT_ZERO);
	p = good_reply();
	p.reference = 0;
	CHECK_EQ("no reference is fine", judge(&p), FAULT_NONE);
	p.receive = 1;
	p.transmit = 1;
	CHECK_EQ("2036 is not zero", judge(&p), FAULT_NONE);
}

static const struct {
	const char *refid;
	enum fault want;
	const char *kiss;
} kisses[] = {
	{ "ACST", FAULT_KISS, "ACST" },
	{ "AUTH", FAULT_KISS, "AUTH" },
	{ "AUTO", FAULT_KISS, "AUTO" },
	{ "BCST", FAULT_KISS, "BCST" },
	{ "CRYP", FAULT_KISS, "CRYP" },
	{ "DENY", FAULT_KISS, "DENY" },
	{ "DROP", FAULT_KISS, "DROP" },
	{ "RSTR", FAULT_KISS, "RSTR" },
	{ "MCST", FAULT_KISS, "MCST" },
	{ "NKEY", FAULT_KISS, "NKEY" },
	{ "RATE", FAULT_KISS, "RATE" },
	{ "RMOT", FAULT_KISS, "RMOT" },
	{ "NTSN", FAULT_KISS, "NTSN" },
	{ "XABC", FAULT_KISS, "XABC" },
	{ "INIT", FAULT_LEAP, "INIT" },
	{ "STEP", FAULT_LEAP, "STEP" },
	{ "RAT\0", FAULT_KISS, "RAT" },
	{ "RAT ", FAULT_KISS, "RAT" },
	{ "rate", FAULT_STRATUM, "" },
	{ "\0\0\0\0", FAULT_STRATUM, "" },
	{ "RA\0\0", FAULT_STRATUM, "" },
	{ "RA\0E", FAULT_STRATUM, "" },
	{ "\0ATE", FAULT_STRATUM, "" },
	{ "RAT\x1b", FAULT_STRATUM, "" },
	{ "\x1b[2J", FAULT_STRATUM, "" },
	{ "RAT\n", FAULT_STRATUM, "" },
	{ "RAT\xc9", FAULT_STRATUM, "" },
	{ "\xff\xff\xff\xff", FAULT_STRATUM, "" },
	{ "\xc0\x00\x02\x01", FAULT_STRATUM, "" },
};

static void
check_kiss(const char *refid, uint8_t leap, enum fault want, const char *kiss)
{
	uint8_t wire[NTP_HEADER_SIZE];
	struct ntp_packet p = good_reply();
	char got[5], want_kiss[5] = ""; /* and zero behind its end */

	p.facts.stratum = 0;
	p.facts.leap = leap;
	p.receive = p.transmit = p.reference = 0;
	ntp_pack(wire, &p);
	memcpy(wire + 12, refid, 4);
	CHECK_EQ(refid, judge_bytes(got, wire, sizeof(wire)), want);
	memcpy(want_kiss, kiss, strlen(kiss));
	CHECK(refid, memcmp(got, want_kiss, sizeof(want_kiss)) == 0);
	wire[24] ^= 1;
	CHECK_EQ(refid, judge_bytes(got, wire, sizeof(wire)), FAULT_ORIGIN);
	CHECK("forged: no code", got[0] == '\0');
}

static void
test_kisses(void)
{
	enum fault f;
	size_t i;

	for (i = 0; i < sizeof(kisses) / sizeof(kisses[0]); i++) {
		f = kisses[i].want;
		check_kiss(kisses[i].refid, LEAP_NONE, f, kisses[i].kiss);
		check_kiss(kisses[i].refid, LEAP_UNSYNC,
		    f == FAULT_STRATUM ? FAULT_LEAP : f, kisses[i].kiss);
	}
}

/* A reference id that reads as a code is none at stratum 1 and beyond. */
static void
test_no_kiss(void)
{
	struct ntp_packet p = good_reply();
	uint8_t wire[NTP_HEADER_SIZE];
	char kiss[5];
	int stratum;

	p.facts.refid = 0x52415445; /* RATE */
	for (stratum = 1; stratum < 16; stratum++) {
		p.facts.stratum = (uint8_t)stratum;
		ntp_pack(wire, &p);
		CHECK_EQ(
		    "RATE", judge_bytes(kiss, wire, sizeof(wire)), FAULT_NONE);
		CHECK("no kiss", kiss[0] == '\0');
	}
}

static void
test_prefixes(void)
{
	struct ntp_packet p = good_reply();
	uint8_t wire[NTP_HEADER_SIZE];
	char kiss[5];
	size_t n;

	ntp_pack(wire, &p);
	for (n = 0; n < sizeof(wire); n++) {
		CHECK_EQ("a prefix", judge_bytes(kiss, wire, n), FAULT_LENGTH);
		CHECK("a prefix has no code", kiss[0] == '\0');
		CHECK("a prefix", !ntp_unpack(&p, wire, n));
	}
	CHECK_EQ("whole", judge_bytes(kiss, wire, n), FAULT_NONE);
	CHECK_EQ("nothing", ntp_reply(&p, kiss, NULL, 0, XMT), FAULT_LENGTH);
}

/* What follows the header: so many octets, and the lengths the fields claim. */
static const struct {
	const char *what;
	uint8_t version;
	size_t octets;
	uint16_t claims[4];
	enum fault want;
} trailers[] = {
	{ "nothing", 4, 0, { 0 }, FAULT_NONE },
	{ "1 octet", 4, 1, { 0 }, FAULT_TRAILER },
	{ "2 octets", 4, 2, { 0 }, FAULT_TRAILER },
	{ "3 octets", 4, 3, { 0 }, FAULT_TRAILER },
	{ "a crypto-NAK", 4, 4, { 0 }, FAULT_NONE },
	{ "5 octets", 4, 5, { 5 }, FAULT_TRAILER },
	{ "8 octets", 4, 8, { 8 }, FAULT_TRAILER },
	{ "12 octets", 4, 12, { 12 }, FAULT_TRAILER },
	{ "16 octets", 4, 16, { 16 }, FAULT_TRAILER },
	{ "16 octets, a digest alone", 4, 16, { 0 }, FAULT_TRAILER },
	{ "a MAC of MD5 or CMAC", 4, 20, { 0 }, FAULT_NONE },
	{ "a MAC with any key id", 4, 20, { 65535 }, FAULT_NONE },
	{ "21 octets", 4, 21, { 21 }, FAULT_TRAILER },
	{ "a MAC of SHA1", 4, 24, { 0 }, FAULT_NONE },
	{ "a MAC of SHA256", 4, 36, { 1 }, FAULT_TRAILER },
	{ "a MAC of SHA512", 4, 68, { 1 }, FAULT_TRAILER },
	{ "26 octets", 4, 26, { 26 }, FAULT_TRAILER },
	{ "a field", 4, 28, { 28 }, FAULT_NONE },
	{ "a field claims 0", 4, 28, { 0 }, FAULT_TRAILER },
	{ "a field claims 3", 4, 28, { 3 }, FAULT_TRAILER },
	{ "a field claims 4", 4, 28, { 4 }, FAULT_TRAILER },
	{ "a field claims 12", 4, 28, { 12 }, FAULT_TRAILER },
	{ "a field claims 16 of 28", 4, 28, { 16 }, FAULT_TRAILER },
	{ "a field of 24 and a NAK", 4, 28, { 24 }, FAULT_NONE },
	{ "a field claims 27", 4, 28, { 27 }, FAULT_TRAILER },
	{ "a field claims 29", 4, 28, { 29 }, FAULT_TRAILER },
	{ "a field claims 32 of 28", 4, 28, { 32 }, FAULT_TRAILER },
	{ "a field claims 65532", 4, 28, { 65532 }, FAULT_TRAILER },
	{ "a field claims 65535", 4, 28, { 65535 }, FAULT_TRAILER },
	{ "28 octets, then 1", 4, 29, { 28 }, FAULT_TRAILER },
	{ "28 octets, then 2", 4, 30, { 28 }, FAULT_TRAILER },
	{ "28 octets, then 3", 4, 31, { 28 }, FAULT_TRAILER },
	{ "28 octets, then a NAK", 4, 32, { 28 }, FAULT_NONE },
	{ "a field of 32", 4, 32, { 32 }, FAULT_NONE },
	{ "16 and 16", 4, 32, { 16, 16 }, FAULT_TRAILER },
	{ "16 and a MAC", 4, 36, { 16 }, FAULT_NONE },
	{ "16 and a MAC of SHA1", 4, 40, { 16 }, FAULT_NONE },
	{ "20 and a MAC", 4, 40, { 20 }, FAULT_NONE },
	{ "16 and 28", 4, 44, { 16, 28 }, FAULT_NONE },
	{ "28 and 16", 4, 44, { 28, 16 }, FAULT_TRAILER },
	{ "28 and 8", 4, 36, { 28, 8 }, FAULT_TRAILER },
	{ "28 and a lie", 4, 60, { 28, 36 }, FAULT_TRAILER },
	{ "28 and 32", 4, 60, { 28, 32 }, FAULT_NONE },
	{ "16, 16, 16 and a MAC", 4, 68, { 16, 16, 16 }, FAULT_NONE },
	{ "16, 16, 16 and a lie", 4, 68, { 16, 16, 16, 24 }, FAULT_NONE },
	{ "16, 16, 16 and 28", 4, 76, { 16, 16, 16, 28 }, FAULT_NONE },
	{ "16, 16, 16 and 32 of 28", 4, 76, { 16, 16, 16, 32 }, FAULT_TRAILER },
	{ "a large field", 4, 1472, { 1472 }, FAULT_NONE },
	{ "a large field and a NAK", 4, 1472, { 1468 }, FAULT_NONE },
	{ "a large field is short", 4, 1472, { 1464 }, FAULT_TRAILER },
	{ "the largest field", 4, 65532, { 65532 }, FAULT_NONE },
	/* version 3: no fields, and digests of up to 64 octets */
	{ "v3: nothing", 3, 0, { 0 }, FAULT_NONE },
	{ "v3: 1 octet", 3, 1, { 0 }, FAULT_TRAILER },
	{ "v3: 3 octets", 3, 3, { 0 }, FAULT_TRAILER },
	{ "v3: a crypto-NAK", 3, 4, { 0 }, FAULT_NONE },
	{ "v3: 8 octets", 3, 8, { 0 }, FAULT_TRAILER },
	{ "v3: 16 octets", 3, 16, { 16 }, FAULT_TRAILER },
	{ "v3: 19 octets", 3, 19, { 0 }, FAULT_TRAILER },
	{ "v3: MD5", 3, 20, { 0 }, FAULT_NONE },
	{ "v3: 21 octets", 3, 21, { 0 }, FAULT_TRAILER },
	{ "v3: SHA1", 3, 24, { 0 }, FAULT_NONE },
	{ "v3: SHA256", 3, 36, { 0 }, FAULT_NONE },
	{ "v3: SHA384", 3, 52, { 0 }, FAULT_NONE },
	{ "v3: SHA512", 3, 68, { 0 }, FAULT_NONE },
	{ "v3: 69 octets", 3, 69, { 0 }, FAULT_TRAILER },
	{ "v3: 72 octets", 3, 72, { 72 }, FAULT_TRAILER },
	{ "v3: a field of 100", 3, 100, { 100 }, FAULT_TRAILER },
};

static void
test_trailers(void)
{
	static uint8_t wire[NTP_HEADER_SIZE + 65536];
	struct ntp_packet p;
	char kiss[5];
	size_t i, j, at;

	for (i = 0; i < sizeof(trailers) / sizeof(trailers[0]); i++) {
		memset(wire, 0, sizeof(wire));
		p = good_reply();
		p.facts.version = trailers[i].version;
		ntp_pack(wire, &p);
		at = NTP_HEADER_SIZE;
		for (j = 0; j < 4 && at < sizeof(wire) - 4; j++) {
			wire[at] = 1; /* a type */
			wire[at + 1] = 4;
			wire[at + 2] = (uint8_t)(trailers[i].claims[j] >> 8);
			wire[at + 3] = (uint8_t)trailers[i].claims[j];
			at += trailers[i].claims[j];
		}
		CHECK_EQ(trailers[i].what,
		    judge_bytes(
			kiss, wire, NTP_HEADER_SIZE + trailers[i].octets),
		    trailers[i].want);
	}
}

/* ---- the sample ---- */

static const struct {
	const char *what;
	int64_t t2, offset, out, hold, back; /* true offset, and the ways */
} trips[] = {
	{ "in step", T2, 0, 500000, 20000, 500000 },
	{ "even", T2, 12345678, 1000000, 20000, 1000000 },
	{ "long way out", T2, 12345678, 1000000, 20000, 0 },
	{ "long way back", T2, -12345678, 0, 20000, 1000000 },
	{ "odd delay", T2, 0, 3, 0, 4 },
	{ "held for 4 s", T2, 0, 1000000, 4 * NS_PER_S, 1000000 },
	{ "held, the other way", T2, 0, 1000000, -900, 1000000 },
	{ "slow", T2, 0, 4 * NS_PER_S, 1000, NS_PER_S },
	{ "68 years ahead", T2, 68 * YEAR, 9000001, 20000, 1000000 },
	{ "68 years behind", T2, -68 * YEAR, 9000001, 20000, 1000000 },
	{ "past 68 years", T2, 69 * YEAR, 7, 1, 2 },
	{ "past 68 years behind", T2, -69 * YEAR, 7, 1, 2 },
	{ "local in 1970, true in 2106", (ERA_S - 5) * NS_PER_S, 136 * YEAR,
	    9000001, 20001, 1000000 },
	{ "local in 2106, true in 1970", 5 * NS_PER_S, -136 * YEAR, 9000001,
	    20001, 1000000 },
	{ "200 years ahead", T2, 200 * YEAR, 9000001, 20000, 1000000 },
	{ "200 years behind", T2, -200 * YEAR, 9000001, 20000, 1000000 },
	{ "across 2036", 2085978496 * NS_PER_S - 1000, 5, 3000, 2000, 5000 },
	{ "across 2036, years off", 2085978496 * NS_PER_S - 1000, -20 * YEAR,
	    3000, 2000, 5000 },
	{ "across 1970, local", 3 * NS_PER_S, 3 * NS_PER_S, 1000, 20, 2000 },
	{ "292 years", NS_PER_S, NS_PER_S - (INT64_MAX - 5 * NS_PER_S), 1000,
	    20, 2000 },
};

static void
check_trip(size_t i, int8_t precision)
{
	struct ntp_packet p = good_reply();
	struct sample s = {
		.at.mono_ns = 7, .tx = STAMP_KERNEL, .rx = STAMP_KERNEL
	};
	int64_t t1 = trips[i].t2 - trips[i].offset - trips[i].out;
	int64_t took = trips[i].out + trips[i].hold + trips[i].back;
	int64_t delay = trips[i].out + trips[i].back;
	const char *what = trips[i].what;

	if (trips[i].t2 < first_s() * NS_PER_S)
		return;
	p.facts.precision = precision;
	p.receive = ntp_from_ns(trips[i].t2);
	p.transmit = ntp_from_ns(trips[i].t2 + trips[i].hold);
	CHECK_EQ(what, ntp_sample(&s, &p, t1, t1 + took, 1), FAULT_NONE);
	CHECK_EQ(what, s.delay_ns, delay);
	CHECK_EQ(what, s.offset_ns, trips[i].offset + trips[i].out - delay / 2);
	CHECK_EQ(what, s.precision_ns, ntp_precision_ns(precision) + 1);
	CHECK(what, memcmp(&s.facts, &p.facts, sizeof(s.facts)) == 0);
	CHECK(what,
	    s.at.mono_ns == 7 && s.tx == STAMP_KERNEL && s.rx == STAMP_KERNEL);
}

static void
test_trips(void)
{
	size_t i;

	for (i = 0; i < sizeof(trips) / sizeof(trips[0]); i++) {
		check_trip(i, -20);
		check_trip(i, 0);
		check_trip(i, -32);
	}
}

/* The same instant everywhere, but for what the delay lacks. */
static const struct {
	const char *what;
	int8_t precision;
	int64_t local_ns, delay, offset, shown; /* shown -1: refused */
} floors[] = {
	{ "above the floor", -20, 100, 101, -50, 101 },
	{ "at the floor", -20, 100, 100, -50, 100 },
	{ "below the floor", -20, 100, 99, -49, 100 },
	{ "no delay", -20, 100, 0, 0, 100 },
	{ "a little below zero", -20, 100, -1, 0, 100 },
	{ "below zero", -20, 100, -1054, 527, 100 },
	{ "the least", -20, 100, -2054, 1027, 100 },
	{ "below the least", -20, 100, -2055, 0, -1 },
	{ "finest", -32, 1, -1002, 501, 1 },
	{ "finest, below", -32, 1, -1003, 0, -1 },
	{ "coarsest", 0, NS_PER_MS, -NS_PER_S - NS_PER_MS - 1000, 500500500,
	    NS_PER_MS },
	{ "coarsest, below", 0, NS_PER_MS, -NS_PER_S - NS_PER_MS - 1001, 0,
	    -1 },
	{ "the local clock was set back", -20, 100, -NS_PER_S, 0, -1 },
	{ "by years", -20, 100, -30 * YEAR, 0, -1 },
	{ "by very many", -20, 100, -200 * YEAR, 0, -1 },
};

static void
test_floors(void)
{
	struct ntp_packet p = good_reply();
	const char *what;
	struct sample s;
	enum fault f;
	size_t i;

	for (i = 0; i < sizeof(floors) / sizeof(floors[0]); i++) {
		what = floors[i].what;
		p.facts.precision = floors[i].precision;
		p.receive = p.transmit = ntp_from_ns(T2);
		f = ntp_sample(
		    &s, &p, T2, T2 + floors[i].delay, floors[i].local_ns);
		CHECK_EQ(
		    what, f, floors[i].shown == -1 ? FAULT_DELAY : FAULT_NONE);
		if (f != FAULT_NONE)
			continue;
		CHECK_EQ(what, s.delay_ns, floors[i].shown);
		CHECK_EQ(what, s.offset_ns, floors[i].offset);
	}
}

/* Whatever comes: a verdict, no crash, and what passed is sane. */
static void
check_anything(const uint8_t *wire, size_t n)
{
	struct ntp_packet p;
	struct sample s;
	char kiss[5];
	enum fault f;

	f = judge_bytes(kiss, wire, n);
	CHECK("a fault", f <= FAULT__MAX && memchr(kiss, '\0', 5) != NULL);
	if (ntp_reply(&p, kiss, wire, n, XMT) != FAULT_NONE ||
	    ntp_sample(&s, &p, T2, T2 + 5 * NS_PER_S, 50) != FAULT_NONE)
		return;
	CHECK("delay", s.delay_ns >= 50 && s.delay_ns <= 6 * NS_PER_S);
	CHECK(
	    "precision", s.precision_ns > 50 && s.precision_ns < 2 * NS_PER_S);
	CHECK("root",
	    s.facts.root_delay_ns / 2 + s.facts.root_disp_ns < 16 * NS_PER_S);
	CHECK("stratum", s.facts.stratum > 0 && s.facts.stratum < 16);
}

static void
test_anything(void)
{
	uint8_t wire[NTP_HEADER_SIZE + 80];
	struct ntp_packet p = good_reply();
	size_t j, n;
	int i;

	for (i = 0; i < LOTS; i++) {
		for (j = 0; j < sizeof(wire); j++)
			wire[j] = (uint8_t)(scrambled() >> 24);
		if (i % 2 == 0) { /* nearly good */
			ntp_pack(wire, &p);
			j = scrambled() % sizeof(wire);
			wire[j] = (uint8_t)(scrambled() >> 16);
			j = scrambled() % sizeof(wire);
			wire[j] = (uint8_t)(scrambled() >> 16);
		}
		n = i % 3 == 0 ? NTP_HEADER_SIZE : scrambled() % sizeof(wire);
		check_anything(wire, n);
	}
}

/* ---- reference ids ---- */

static const struct {
	uint8_t stratum;
	int family;
	const char *refid, *want;
} refids[] = {
	{ 1, AF_INET, "GPS\0", "GPS" },
	{ 1, AF_INET6, "GPS\0", "GPS" },
	{ 1, AF_INET, "DCFa", "DCFa" },
	{ 1, AF_INET, "X\0\0\0", "X" },
	{ 1, AF_INET, ".!~9", ".!~9" },
	{ 0, AF_INET, "RATE", "RATE" },
	{ 0, AF_INET6, "INIT", "INIT" },
	{ 0, AF_INET, "\0\0\0\0", "00000000" },
	{ 1, AF_INET, "\0\0\0\0", "00000000" },
	{ 1, AF_INET, "\0GPS", "00475053" },
	{ 1, AF_INET, "G\0PS", "47005053" },
	{ 1, AF_INET, "GP\0S", "47500053" },
	{ 1, AF_INET, "\x1b[2J", "1B5B324A" },
	{ 1, AF_INET, "GPS\n", "4750530A" },
	{ 1, AF_INET, "GPS\x7f", "4750537F" },
	{ 1, AF_INET, "GPS\x80", "47505380" },
	{ 1, AF_INET, "\xc2\xb5\xc2\xb5", "C2B5C2B5" },
	{ 1, AF_INET, "\xff\xff\xff\xff", "FFFFFFFF" },
	{ 1, AF_INET6, "\x7f\0\0\x01", "7F000001" },
	{ 2, AF_INET, "\x7f\0\0\x01", "127.0.0.1" },
	{ 2, AF_INET, "\xff\xff\xff\xff", "255.255.255.255" },
	{ 2, AF_INET, "GPS\0", "71.80.83.0" },
	{ 2, AF_INET, "\0\0\0\0", "0.0.0.0" },
	{ 15, AF_INET, "\xc0\0\x02\x01", "192.0.2.1" },
	{ 16, AF_INET, "\xc0\0\x02\x01", "192.0.2.1" },
	{ 2, AF_INET6, "\xc0\0\x02\x01", "C0000201" },
	{ 2, AF_INET6, "GPS\0", "47505300" },
	{ 2, AF_INET6, "\0\0\0\x01", "00000001" },
};

static void
test_refids(void)
{
	char buf[NTP_REFID_SIZE];
	struct facts f = { 0 };
	const uint8_t *r;
	size_t i;

	for (i = 0; i < sizeof(refids) / sizeof(refids[0]); i++) {
		r = (const uint8_t *)refids[i].refid;
		f.stratum = refids[i].stratum;
		f.refid = (uint32_t)r[0] << 24 | (uint32_t)r[1] << 16 |
			  (uint32_t)r[2] << 8 | r[3];
		memset(buf, '?', sizeof(buf));
		CHECK(refids[i].want,
		    ntp_refid_text(buf, &f, refids[i].family) == buf);
		CHECK(refids[i].want, strcmp(buf, refids[i].want) == 0);
	}
}

int
main(void)
{
	test_eras();
	test_round_trips();
	test_fractions();
	test_short();
	test_precision();
	test_layout();
	test_codec_round_trip();
	test_request();
	test_headers();
	test_origin();
	test_times();
	test_kisses();
	test_no_kiss();
	test_prefixes();
	test_trailers();
	test_trips();
	test_floors();
	test_anything();
	test_refids();
	UNIT_END();
}
