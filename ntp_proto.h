#ifndef NTP_PROTO_H
#define NTP_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/types.h"

#define NTP_HEADER_SIZE 48
#define NTP_MODE_CLIENT 3
#define NTP_MODE_SERVER 4

/* What a synchronised server says of itself: RFC 5905, 7.2 and 7.3. */
#define NTP_STRATUM_MAX   15
#define NTP_PRECISION_MIN (-32)
#define NTP_ROOT_MAX_NS   (16 * NS_PER_S) /* MAXDISP, of the root distance */

/*
 * The header of RFC 5905, section 7.3.  Timestamps stay as they are on the
 * wire: 32 bits of seconds, 32 bits of fraction.
 */
struct ntp_packet {
	struct facts facts;
	uint8_t mode;
	int8_t poll;
	uint64_t reference, origin, receive, transmit;
};

/* Writes a header; root delay and dispersion saturate at 65535 s. */
void ntp_pack(uint8_t wire[NTP_HEADER_SIZE], const struct ntp_packet *);

/* Reads a header; false when there are fewer than 48 bytes. */
bool ntp_unpack(struct ntp_packet *, const void *wire, size_t)
    __attribute__((warn_unused_result));

/*
 * 64-bit NTP time to nanoseconds since 1970, rounded.  The 32 bits of seconds
 * are taken to mean the one moment they can from the pivot to 2^32 s later; the
 * pivot is 68 years before the program was built, but not before 1970.  So
 * today everything from 1970 to 2106-02-07 is itself, whatever the local clock
 * says.
 */
int64_t ntp_to_ns(uint64_t);
uint64_t ntp_from_ns(int64_t);

/* The 32-bit format of root delay and dispersion: 16 bits of seconds. */
int64_t ntp_short_to_ns(uint32_t);
uint32_t ntp_short_from_ns(int64_t);

/* 2^precision seconds in nanoseconds, rounded up; precision is -32 to 0. */
int64_t ntp_precision_ns(int8_t);

/* When this program was built, in nanoseconds since 1970. */
int64_t ntp_build_ns(void);

/* A request that tells nothing: version, mode and 64 random bits. */
void ntp_request(uint8_t wire[NTP_HEADER_SIZE], uint8_t version, uint64_t xmt);

/*
 * Reads the reply to the request whose transmit timestamp was xmt, and checks
 * all that can be said of it without knowing the time (RFC 5905, 9.2 and 7.4).
 * FAULT_LENGTH and FAULT_ORIGIN: no reply to this request at all, *reply means
 * nothing.  Otherwise *reply is what the server said.  kiss is the code when
 * the fault is FAULT_KISS (or FAULT_LEAP, for a server that only starts), and
 * zero otherwise and behind its end.
 */
enum fault ntp_reply(struct ntp_packet *reply, char kiss[5], const void *wire,
    size_t, uint64_t xmt) __attribute__((warn_unused_result));

/*
 * Offset and delay of a reply that passed ntp_reply, sent at t1 and received
 * at t4 by the local clock.  precision_ns is the local clock's.  Sets *s but
 * for its times and its stamps, or returns FAULT_DELAY.  RFC 5905, section 8,
 * with the sum rearranged so that it is exact up to 292 years.
 */
enum fault
ntp_sample(struct sample *s, const struct ntp_packet *reply, int64_t t1,
    int64_t t4, int64_t precision_ns) __attribute__((warn_unused_result));

#define NTP_REFID_SIZE 16

/*
 * A reference id in words: up to four letters at stratum 0 and 1, otherwise an
 * address (from a server asked over IPv4) or a hash, which is told in hex.
 * Printable ASCII, whatever came.  Returns buf.
 */
const char *
ntp_refid_text(char buf[NTP_REFID_SIZE], const struct facts *, int family);
#endif
