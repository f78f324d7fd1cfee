#ifndef TESTS_NTPSERVER_H
#define TESTS_NTPSERVER_H

/*
 * What the two halves of the test server share: how an address behaves.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/socket.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define ERA_S    INT64_C(4294967296) /* 2^32 s: 1970 to 2106 */
#define JAN_1970 INT64_C(2208988800) /* in NTP seconds, since 1900 */
#define JAN_2100 INT64_C(4102444800) /* in Unix seconds */

/* Where the fields of the header begin: RFC 5905, section 7.3. */
enum { ROOTDELAY = 4, ROOTDISP = 8, REFID = 12, HEADER = 48 };
enum { REFERENCE = 16, ORIGIN = 24, RECEIVE = 32, TRANSMIT = 40 };

enum {
	REQUEST_MAX = 2048, /* the rest of a longer one is cut off */
	APPEND_MAX = 2048,
	REPLY_MAX = 65507, /* what UDP carries over IPv4; longer ones are cut */
	PAD_MAX = REPLY_MAX - HEADER,
	WHOLE_MAX = REQUEST_MAX + APPEND_MAX + PAD_MAX,
	AS_ASKED = 1000 /* a version or poll copied from the request */
};

enum flag {
	WRONG_ORIGIN = 1 << 0,
	ZERO_ORIGIN = 1 << 1,
	ZERO_RECEIVE = 1 << 2,
	ZERO_TRANSMIT = 1 << 3,
	ZERO_REFERENCE = 1 << 4,
	ZERO_ALL = ZERO_RECEIVE | ZERO_TRANSMIT | ZERO_REFERENCE,
	BLANK = 1 << 5,
	ECHO = 1 << 6,
	BAD_THEN = 1 << 7
};

union address {
	struct sockaddr sa;
	struct sockaddr_in in; /* its port is where that of in6 is */
	struct sockaddr_in6 in6;
};

/* One address and how it behaves. */
struct server {
	const char *name; /* the address as it was written */
	union address addr, from;
	int fd, reply_fd;
	int64_t requests; /* received so far */
	size_t append_len;
	unsigned char append[APPEND_MAX];
	/* What the table of words sets: int64_t, all of them. */
	int64_t offset_ns, shift_ns, hold_ns, delay_ns;
	int64_t rootdelay_ns, rootdisp_ns;
	int64_t stratum, leap, version, mode, precision, poll, refid;
	int64_t drop, only, copies, junk, pad, short_len;
	int64_t flags;
};

/* What a clock says, in nanoseconds. */
int64_t now_ns(clockid_t);

/*
 * Reads ADDR[,WORD...] into how that address behaves; cuts it to pieces.  Ends
 * the program, with the usage, when it cannot be read.
 */
void parse_spec(struct server *, char *spec);

/* A decimal number as an integer of 1/unit; false if it is none. */
bool parse_decimal(int64_t *value, const char *text, int64_t unit);

/* Says what cannot be used (NULL: nothing), then the usage; ends the program.
 */
noreturn void usage(const char *where, const char *word);
#endif
