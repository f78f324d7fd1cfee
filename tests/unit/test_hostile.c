/*
 * Hostile replies in memory: every line of tests/hostile/replies gives the
 * fault it names, and a reply with one bit flipped is refused, or harmless.
 */

#include <errno.h>
#include <string.h>

#include "ntp_proto.h"
#include "tests/helpers/hostile.h"
#include "tests/unit/unit.h"

#define XMT     UINT64_C(0x9e3779b97f4a7c15)
#define EARLIER UINT64_C(0x452821e638d01377)
#define T2      (1795338720 * NS_PER_S + 123456789) /* 2026-11-22 09:12:00 */
#define WAY_NS  (1 * NS_PER_MS)                     /* there, and back again */
#define HELD_NS (20 * NS_PER_US)
#define OWN_NS  50 /* the local clock's precision */
#define T1      (T2 - WAY_NS)
#define T4      (T2 + HELD_NS + WAY_NS)
#define BITS    (8 * HEADER)

static const struct {
	const char *name;
	enum fault fault;
} faults[] = {
	{ "length", FAULT_LENGTH },
	{ "origin", FAULT_ORIGIN },
	{ "version", FAULT_VERSION },
	{ "mode", FAULT_MODE },
	{ "trailer", FAULT_TRAILER },
	{ "kiss", FAULT_KISS },
	{ "leap", FAULT_LEAP },
	{ "stratum", FAULT_STRATUM },
	{ "zero", FAULT_ZERO },
	{ "order", FAULT_ORDER },
	{ "hold", FAULT_HOLD },
	{ "precision", FAULT_PRECISION },
	{ "root", FAULT_ROOT },
	{ "delay", FAULT_DELAY },
};
enum { NFAULTS = sizeof(faults) / sizeof(faults[0]) };

static struct occasion
occasion(void)
{
	static uint8_t request[HEADER];

	ntp_request(request, 4, XMT);
	return (struct occasion){ request, sizeof(request), EARLIER,
		ntp_from_ns(T2), ntp_from_ns(T2 + HELD_NS) };
}

/* What net/request.c makes of it. */
static enum fault
judge(struct sample *s, const struct hostile *h)
{
	struct ntp_packet p;
	char kiss[5];
	enum fault f;

	*s = (struct sample){ 0 };
	f = ntp_reply(&p, kiss, h->wire, h->len, XMT);
	CHECK("a code is told with a kiss, and with nothing else",
	    (f == FAULT_KISS && strlen(kiss) >= 3) ||
		(f == FAULT_LEAP && (kiss[0] == '\0' || strlen(kiss) == 4)) ||
		kiss[0] == '\0');
	CHECK("in capitals",
	    strspn(kiss, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(kiss));
	return f != FAULT_NONE ? f : ntp_sample(s, &p, T1, T4, OWN_NS);
}

/* FAULT__MAX: there is no such fault. */
static enum fault
fault_named(const char *name)
{
	int i;

	for (i = 0; i < NFAULTS; i++)
		if (strcmp(faults[i].name, name) == 0)
			return faults[i].fault;
	return name[0] == '=' ? FAULT_NONE : FAULT__MAX;
}

static void
check_line(const struct recipe *r, unsigned seen[FAULT__MAX + 1])
{
	static struct hostile h;
	struct occasion o = occasion();
	enum fault want = fault_named(r->outcome);
	struct sample s;

	seen[want]++;
	CHECK(r->name, recipe_follow(&h, r, &o));
	if (h.from != FROM_SERVER)
		CHECK(r->name, strcmp(r->outcome, "=no-reply") == 0);
	else
		CHECK_EQ(r->name, judge(&s, &h), want);
}

/* There are many of them, and some for every fault there is. */
static void
test_replies(const char *path)
{
	unsigned seen[FAULT__MAX + 1] = { 0 }, n = 0;
	FILE *f = fopen(path, "r");
	struct recipe r;
	int i;

	if (f == NULL) {
		printf("%s: %s\n", path, strerror(errno));
		exit(1);
	}
	for (; recipe_read(&r, f); n++)
		check_line(&r, seen);
	fclose(f);
	CHECK("at least 120 of them", n >= 120);
	CHECK_EQ("every outcome is one", seen[FAULT__MAX], 0);
	for (i = 0; i < NFAULTS; i++)
		CHECK(faults[i].name, seen[faults[i].fault] > 0);
	CHECK_EQ("no fault of a reply is forgotten", faults[0].fault + NFAULTS,
	    FAULT__MAX);
	printf("%u hostile replies\n", n);
}

/* ---- One bit ---- */

/* What becomes of the bits of each field of a good reply. */
static const struct field {
	const char *name;
	unsigned first, bits; /* of the packet, the first being octet 0's 2^7 */
	unsigned refused;
	int later; /* what T3 - T2 becomes when the field grows; 0: no stamp */
	bool told; /* the facts change, where it is not refused */
} fields[] = {
	{ "leap", 0, 2, 0, 0, true },     /* a leap second, either */
	{ "version", 2, 3, 3, 0, false }, /* 4: 0, 6, 5 */
	{ "mode", 5, 3, 3, 0, false },    /* 4: 0, 6, 5 */
	{ "stratum", 8, 8, 5, 0, true },  /* 1: 129 to 17, and a kiss */
	{ "poll", 16, 8, 0, 0, false },
	{ "precision", 24, 8, 3, 0, true },         /* -23: 105, -87, -55 */
	{ "root delay", 32, 32, 11, 0, true },      /* from 2^5 s */
	{ "root dispersion", 64, 32, 12, 0, true }, /* from 2^4 s */
	{ "reference id", 96, 32, 0, 0, true },
	{ "reference", 128, 64, 0, 0, false },
	{ "origin", 192, 64, 64, 0, false },
	{ "receive", 256, 64, 43, -1, false },
	{ "transmit", 320, 64, 44, 1, false },
};
enum { NFIELDS = sizeof(fields) / sizeof(fields[0]) };

struct count {
	unsigned refused, moved, told, nothing;
	unsigned by_fault[FAULT__MAX];
};

/*
 * What is not refused moves the offset by no more than half of what the
 * exchange took, which is inside the bound, and none of its figures goes out of
 * its range.
 */
static void
check_harmless(const struct field *fd, const struct sample *good,
    const struct sample *s, struct count *c)
{
	bool moved =
	    s->offset_ns != good->offset_ns || s->delay_ns != good->delay_ns;
	bool told = memcmp(&s->facts, &good->facts, sizeof(s->facts)) != 0;
	int64_t by_ns = s->offset_ns - good->offset_ns;

	c->moved += moved;
	c->told += told;
	c->nothing += !moved && !told;
	CHECK(fd->name, !moved || fd->later != 0);
	CHECK(fd->name, !told || fd->told);
	CHECK(fd->name, llabs(by_ns) <= (T4 - T1) / 2 + s->precision_ns);
	CHECK(fd->name, s->delay_ns >= OWN_NS);
	CHECK(fd->name, s->facts.stratum >= 1 && s->facts.stratum <= 15 &&
			    s->facts.leap != LEAP_UNSYNC);
	CHECK(fd->name,
	    s->facts.root_delay_ns / 2 + s->facts.root_disp_ns < 16 * NS_PER_S);
}

/*
 * A bit of T2 or T3 moves the offset by half of what it is worth, unless then
 * the reply was held for over 4 s, was sent before the request came, or took
 * less time than none.
 */
static void
check_stamp(const struct field *fd, unsigned bit, const struct hostile *honest,
    const struct sample *s, enum fault f)
{
	unsigned place = 63 - (bit - fd->first);
	bool set = (honest->wire[bit / 8] & 0x80 >> bit % 8) != 0;
	bool grows = set == (place == 63); /* 1958 is not, so it is 2094 */
	double worth_ns = (grows ? 1e9 : -1e9) *
			  (double)(UINT64_C(1) << place) / 4294967296.0;
	double held_ns = HELD_NS + fd->later * worth_ns;
	double delay_ns = 2 * WAY_NS - fd->later * worth_ns;
	enum fault want = held_ns < -120             ? FAULT_ORDER
			  : held_ns > 4e9            ? FAULT_HOLD
			  : delay_ns < -(120 + 1050) ? FAULT_DELAY
						     : FAULT_NONE;

	CHECK_EQ(fd->name, f, want);
	if (f == FAULT_NONE)
		CHECK_EQ(
		    fd->name, (s->offset_ns * 2 - (int64_t)worth_ns) / 4, 0);
}

static void
flip_bits(const struct field *fd, const struct hostile *honest,
    const struct sample *good, struct count *all)
{
	static struct hostile h;
	struct count c = { 0 };
	struct sample s;
	enum fault f;
	unsigned bit;

	for (bit = fd->first; bit < fd->first + fd->bits; bit++) {
		h = *honest;
		h.wire[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		f = judge(&s, &h);
		if (fd->later != 0)
			check_stamp(fd, bit, honest, &s, f);
		if (f == FAULT_NONE) {
			check_harmless(fd, good, &s, &c);
			continue;
		}
		c.refused++;
		all->by_fault[f]++;
	}
	printf("%-16s %2u bits: %2u refused, %2u move the offset or delay, "
	       "%2u are told, %2u nothing\n",
	    fd->name, fd->bits, c.refused, c.moved, c.told, c.nothing);
	CHECK_EQ(fd->name, c.refused, fd->refused);
	all->refused += c.refused;
	all->moved += c.moved;
	all->told += c.told;
	all->nothing += c.nothing;
}

static void
test_bits(void)
{
	const struct recipe as_it_is = { "", "honest", "none", "" };
	static struct hostile honest;
	struct occasion o = occasion();
	struct count all = { 0 };
	struct sample good;
	unsigned next = 0;
	int i;

	CHECK("honest", recipe_follow(&honest, &as_it_is, &o));
	CHECK_EQ("honest", judge(&good, &honest), FAULT_NONE);
	for (i = 0; i < NFIELDS; i++) {
		CHECK_EQ(fields[i].name, fields[i].first, next);
		next += fields[i].bits;
		flip_bits(&fields[i], &honest, &good, &all);
	}
	CHECK_EQ("all of it", next, BITS);
	for (i = 0; i < FAULT__MAX; i++)
		if (all.by_fault[i] != 0)
			printf("fault %d: %u\n", i, all.by_fault[i]);
	printf("%u flips: %u refused, %u moved, %u told, %u nothing\n", BITS,
	    all.refused, all.moved, all.told, all.nothing);
	CHECK_EQ("none is both or neither",
	    all.refused + all.moved + all.told + all.nothing, BITS);
	CHECK_EQ("refused", all.refused, 188);
	CHECK_EQ("changed a number and the offset", all.moved, 38);
	CHECK_EQ("changed a number", all.told, 83);
	CHECK_EQ("changed nothing", all.nothing, 75);
}

int
main(int argc, char *argv[])
{
	test_replies(argc > 1 ? argv[1] : "tests/hostile/replies");
	test_bits();
	UNIT_END();
}
