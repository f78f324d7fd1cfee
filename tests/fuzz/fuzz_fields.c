/*
 * Fuzzer of what follows the header of a reply: extension fields and a MAC.
 *
 * An input says which fields there are and how long, so that most of them are
 * nearly right.  The packet is judged a second time here, from its end.
 */

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "tests/fuzz/fuzz.h"

#define TRAILER_MAX 1024
#define XMT         UINT64_C(0x1122334455667788)

static const uint8_t header[NTP_HEADER_SIZE] = {
	0x24, 1, 0, 0xe9,                               /* server, stratum 1 */
	0, 0, 0, 0, 0, 0, 0, 0,                         /* root */
	'G', 'P', 'S', 0,                               /* reference id */
	0, 0, 0, 0, 0, 0, 0, 0,                         /* reference time */
	0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, /* origin */
	0xea, 0, 0, 0, 0, 0, 0, 0,                      /* receive */
	0xea, 0, 0, 0, 0, 0, 0, 0,                      /* transmit */
};

/* One piece of the trailer, as the input has it. */
static size_t
piece(uint8_t *at, size_t room, struct reader *r)
{
	static const uint8_t macs[] = { 4, 20, 24, 36, 52, 68, 28, 16 };
	static const uint8_t odd[] = { 1, 4, 4, 2 }; /* wrong, right, ... */
	struct writer w;
	uint8_t how = read_u8(r);
	size_t n;

	if (how < 0x80)
		n = 4 * (size_t)(how & 0x1f) + odd[how >> 5];
	else if (how < 0xc0)
		n = macs[how % sizeof(macs)];
	else
		n = how & 0x3f;
	if (n > room)
		n = room;
	memset(at, how, n);
	w = writer_of(at, n);
	if (how < 0xc0)
		write_u32(&w, (uint32_t)read_u8(r) << 24 | (uint32_t)n);
	if (how < 0xa0 && how >= 0x80)
		write_u8(&w, read_u8(r));
	return n;
}

/*
 * Whether from here to the end it is what RFC 7822, section 7.5, allows: fields
 * of 16 octets and more, the last one of 28 unless a MAC follows.
 */
static bool
is_lawful(const uint8_t *at, size_t left)
{
	size_t n;

	if (left == 0 || left == 4 || left == 20 || left == 24)
		return true;
	if (left < 4)
		return false;
	n = (size_t)at[2] << 8 | at[3];
	if (n < 16 || n % 4 != 0 || n > left)
		return false;
	if (n == left)
		return n >= 28;
	return is_lawful(at + n, left - n);
}

/* Version 3: a key id with a digest of 16 to 64 octets, or none. */
static bool
is_lawful_v3(size_t n)
{
	size_t digest = n - 4;

	return n == 0 || n == 4 ||
	       (n > 4 && n % 4 == 0 && digest >= 16 && digest <= 64);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct reader r = reader_of(bytes, size);
	uint8_t wire[NTP_HEADER_SIZE + TRAILER_MAX];
	struct ntp_packet p;
	enum fault f;
	size_t n = 0;
	char kiss[5];
	bool lawful, v3 = read_u8(&r) & 1;

	memcpy(wire, header, sizeof(header));
	if (v3)
		wire[0] = 0x1c;
	while (r.left > 0)
		n += piece(wire + sizeof(header) + n, TRAILER_MAX - n, &r);
	lawful = v3 ? is_lawful_v3(n) : is_lawful(wire + sizeof(header), n);
	f = ntp_reply(&p, kiss, wire, sizeof(header) + n, XMT);
	HOLDS(f == (lawful ? FAULT_NONE : FAULT_TRAILER));
	return 0;
}
