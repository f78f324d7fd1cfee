/*
 * The NTP packet: bytes to facts and back, and every check of a reply.
 *
 * Pure: no socket, no clock, no state.  A reply climbs a ladder of small
 * checks, each of which knows one rule and names the fault it finds; the order
 * of the ladder is the order in which a reply deserves to be believed.
 */

#include "ntp_proto.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#ifndef BUILD_DATE
#error "BUILD_DATE, in seconds since 1970, comes from the Makefile"
#endif

#define UNIX_EPOCH  INT64_C(2208988800)      /* 1970 in seconds since 1900 */
#define YEARS_68_S  (68 * INT64_C(31556952)) /* 365.2425 days each */
#define HOLD_MAX_NS (4 * NS_PER_S)  /* a reply kept longer tells nothing */
#define EARLY_NS    (1 * NS_PER_US) /* how far below zero noise brings delay */
#define FIELD_MIN   16              /* an extension field, RFC 7822, 7.5 */
#define FIELD_LAST  28              /* the last one when no MAC follows */

int64_t
ntp_build_ns(void)
{
	return BUILD_DATE * NS_PER_S;
}

static int64_t
pivot_s(void)
{
	int64_t pivot = BUILD_DATE - YEARS_68_S;

	return pivot > 0 ? pivot : 0;
}

int64_t
ntp_to_ns(uint64_t ntp)
{
	uint32_t first = (uint32_t)(UNIX_EPOCH + pivot_s());
	uint32_t since = (uint32_t)(ntp >> 32) - first; /* modulo one era */
	uint64_t fraction = ntp & UINT32_MAX;

	return (pivot_s() + since) * NS_PER_S +
	       (int64_t)((fraction * NS_PER_S + (UINT64_C(1) << 31)) >> 32);
}

uint64_t
ntp_from_ns(int64_t ns)
{
	int64_t s = ns / NS_PER_S, rest = ns % NS_PER_S;

	if (rest < 0) {
		s--;
		rest += NS_PER_S;
	}
	return (uint64_t)(s + UNIX_EPOCH) << 32 |
	       (((uint64_t)rest << 32) + NS_PER_S / 2) / NS_PER_S;
}

int64_t
ntp_short_to_ns(uint32_t ntp)
{
	return (int64_t)(((uint64_t)ntp * NS_PER_S + (1 << 15)) >> 16);
}

uint32_t
ntp_short_from_ns(int64_t ns)
{
	if (ns < 0)
		return 0;
	if (ns >= 65536 * NS_PER_S - NS_PER_S / 65536)
		return UINT32_MAX;
	return (uint32_t)((((uint64_t)ns << 16) + NS_PER_S / 2) / NS_PER_S);
}

int64_t
ntp_precision_ns(int8_t precision)
{
	int64_t parts = INT64_C(1) << -precision;

	return (NS_PER_S + parts - 1) / parts;
}

/* RFC 5905, figure 8. */
bool
ntp_unpack(struct ntp_packet *p, const void *wire, size_t n)
{
	struct reader r = reader_of(wire, n);
	uint8_t first;

	first = read_u8(&r); /* octet 0: leap, version, mode */
	p->facts.leap = first >> 6;
	p->facts.version = first >> 3 & 7;
	p->mode = first & 7;
	p->facts.stratum = read_u8(&r);                         /* 1 */
	p->poll = (int8_t)read_u8(&r);                          /* 2 */
	p->facts.precision = (int8_t)read_u8(&r);               /* 3 */
	p->facts.root_delay_ns = ntp_short_to_ns(read_u32(&r)); /* 4 */
	p->facts.root_disp_ns = ntp_short_to_ns(read_u32(&r));  /* 8 */
	p->facts.refid = read_u32(&r);                          /* 12 */
	p->reference = read_u64(&r);                            /* 16 */
	p->origin = read_u64(&r);                               /* 24 */
	p->receive = read_u64(&r);                              /* 32 */
	p->transmit = read_u64(&r);                             /* 40 */
	return !r.bad;
}

void
ntp_pack(uint8_t wire[NTP_HEADER_SIZE], const struct ntp_packet *p)
{
	struct writer w = writer_of(wire, NTP_HEADER_SIZE);

	write_u8(&w,
	    (uint8_t)(p->facts.leap << 6 | p->facts.version << 3 | p->mode));
	write_u8(&w, p->facts.stratum);
	write_u8(&w, (uint8_t)p->poll);
	write_u8(&w, (uint8_t)p->facts.precision);
	write_u32(&w, ntp_short_from_ns(p->facts.root_delay_ns));
	write_u32(&w, ntp_short_from_ns(p->facts.root_disp_ns));
	write_u32(&w, p->facts.refid);
	write_u64(&w, p->reference);
	write_u64(&w, p->origin);
	write_u64(&w, p->receive);
	write_u64(&w, p->transmit);
}

void
ntp_request(uint8_t wire[NTP_HEADER_SIZE], uint8_t version, uint64_t xmt)
{
	struct ntp_packet p = { 0 };

	p.facts.version = version;
	p.mode = NTP_MODE_CLIENT;
	p.transmit = xmt;
	ntp_pack(wire, &p);
}

static enum fault
check_origin(const struct ntp_packet *p, uint64_t xmt)
{
	return p->origin == xmt ? FAULT_NONE : FAULT_ORIGIN;
}

static enum fault
check_kind(const struct ntp_packet *p)
{
	if (p->facts.version != 3 && p->facts.version != 4)
		return FAULT_VERSION;
	return p->mode == NTP_MODE_SERVER ? FAULT_NONE : FAULT_MODE;
}

/* A crypto-NAK, or a key id with a digest of 16 or 20 octets. */
static bool
is_mac(size_t n)
{
	return n == 4 || n == 20 || n == 24;
}

/*
 * What follows the header was not asked for and is not used, but it must be
 * what it says it is: extension fields and a MAC that end where the packet
 * ends (RFC 7822, section 7.5).  Version 3 has no fields, and longer digests.
 */
static enum fault
check_trailer(const struct ntp_packet *p, struct reader r)
{
	size_t n;

	read_skip(&r, NTP_HEADER_SIZE);
	if (p->facts.version == 3)
		return r.left == 0 || r.left == 4 ||
			       (r.left >= 20 && r.left <= 68 && r.left % 4 == 0)
			   ? FAULT_NONE
			   : FAULT_TRAILER;
	while (r.left != 0 && !is_mac(r.left)) {
		(void)read_u16(&r); /* type */
		n = read_u16(&r);   /* length, these four octets included */
		if (r.bad || n < FIELD_MIN || n % 4 != 0)
			return FAULT_TRAILER;
		read_skip(&r, n - 4);
		if (r.bad || (r.left == 0 && n < FIELD_LAST))
			return FAULT_TRAILER;
	}
	return FAULT_NONE;
}

/*
 * RFC 5905, section 7.4: at stratum 0 the reference id is a code of four
 * letters.  INIT and STEP say that the server is not synchronised yet; the
 * others turn the client away.
 */
static enum fault
check_kiss(const struct ntp_packet *p, char kiss[5])
{
	int i;

	if (p->facts.stratum != 0)
		return FAULT_NONE;
	for (i = 0; i < 4; i++)
		kiss[i] = (char)(p->facts.refid >> 8 * (3 - i));
	kiss[4] = '\0';
	for (i = 0; i < 4 && isupper((unsigned char)kiss[i]); i++)
		;
	if (i < 3 || (i == 3 && kiss[3] != '\0' && kiss[3] != ' ')) {
		memset(kiss, 0, 5); /* no code */
		return FAULT_NONE;
	}
	kiss[i] = '\0';
	if (strcmp(kiss, "INIT") == 0 || strcmp(kiss, "STEP") == 0)
		return FAULT_LEAP;
	return FAULT_KISS;
}

static enum fault
check_synchronised(const struct ntp_packet *p)
{
	if (p->facts.leap == LEAP_UNSYNC)
		return FAULT_LEAP;
	if (p->facts.stratum < 1 || p->facts.stratum > NTP_STRATUM_MAX)
		return FAULT_STRATUM;
	return FAULT_NONE;
}

static enum fault
check_root(const struct ntp_packet *p)
{
	if (p->facts.precision < NTP_PRECISION_MIN || p->facts.precision > 0)
		return FAULT_PRECISION;
	if (p->facts.root_delay_ns / 2 + p->facts.root_disp_ns >=
	    NTP_ROOT_MAX_NS)
		return FAULT_ROOT;
	return FAULT_NONE;
}

/* The server received the request before it answered, and did not dawdle. */
static enum fault
check_times(const struct ntp_packet *p)
{
	int64_t hold_ns;

	if (p->receive == 0 || p->transmit == 0)
		return FAULT_ZERO;
	hold_ns = ntp_to_ns(p->transmit) - ntp_to_ns(p->receive);
	if (hold_ns < -ntp_precision_ns(p->facts.precision))
		return FAULT_ORDER;
	return hold_ns > HOLD_MAX_NS ? FAULT_HOLD : FAULT_NONE;
}

enum fault
ntp_reply(struct ntp_packet *p, char kiss[5], const void *wire, size_t n,
    uint64_t xmt)
{
	enum fault f;

	memset(kiss, 0, 5);
	if (!ntp_unpack(p, wire, n))
		return FAULT_LENGTH;
	if ((f = check_origin(p, xmt)) != FAULT_NONE ||
	    (f = check_kind(p)) != FAULT_NONE ||
	    (f = check_trailer(p, reader_of(wire, n))) != FAULT_NONE ||
	    (f = check_kiss(p, kiss)) != FAULT_NONE ||
	    (f = check_synchronised(p)) != FAULT_NONE ||
	    (f = check_root(p)) != FAULT_NONE)
		return f;
	return check_times(p);
}

enum fault
ntp_sample(struct sample *s, const struct ntp_packet *p, int64_t t1, int64_t t4,
    int64_t precision_ns)
{
	int64_t t2 = ntp_to_ns(p->receive), t3 = ntp_to_ns(p->transmit);
	int64_t both_ns = ntp_precision_ns(p->facts.precision) + precision_ns;
	int64_t delay_ns = (t4 - t1) - (t3 - t2);

	if (delay_ns < -(both_ns + EARLY_NS))
		return FAULT_DELAY;
	s->facts = p->facts;
	s->precision_ns = both_ns;
	s->offset_ns = (t2 - t1) - delay_ns / 2;
	s->delay_ns = delay_ns > precision_ns ? delay_ns : precision_ns;
	return FAULT_NONE;
}

/* The letters of a reference id, padded or not; false where they are none. */
static bool
refid_letters(char buf[NTP_REFID_SIZE], uint32_t refid)
{
	int c, i, n = 0;

	for (i = 0; i < 4; i++) {
		c = refid >> 8 * (3 - i) & 0xff;
		if (c == '\0' || c == ' ')
			continue;
		if (c < ' ' || c > '~' || n < i)
			return false; /* no letter, or one behind a gap */
		buf[n++] = (char)c;
	}
	buf[n] = '\0';
	return n > 0;
}

const char *
ntp_refid_text(char buf[NTP_REFID_SIZE], const struct facts *f, int family)
{
	uint32_t id = f->refid;

	if (f->stratum <= 1 && refid_letters(buf, id))
		return buf;
	if (f->stratum > 1 && family == AF_INET)
		snprintf(buf, NTP_REFID_SIZE, "%u.%u.%u.%u", id >> 24,
		    id >> 16 & 0xff, id >> 8 & 0xff, id & 0xff);
	else
		snprintf(buf, NTP_REFID_SIZE, "%08X", id);
	return buf;
}
