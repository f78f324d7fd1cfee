/*
 * The floor: the least a program must do to ask one NTP server the time.
 *
 *	floor [--stamps] ADDR PORT
 *
 * One packet out, one packet in, the offset (true time - local time) on
 * stdout in seconds. No name resolution, no second try, hardly a check: it
 * believes what comes back. It exists to be measured against ntpsync, shares
 * no line with it, and uses nothing but libc. Never use it to set a clock.
 *
 * By default T1 and T4 are the clock read around the calls. With --stamps they
 * are the kernel's software stamps, read where the packet leaves and arrives;
 * that is as accurate as one exchange can be without hardware.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define NS       INT64_C(1000000000)
#define FROM1900 INT64_C(2208988800) /* seconds from 1900 to 1970 */

struct exchange {
	int64_t t1_ns, t2_ns, t3_ns, t4_ns; /* since 1970, as in RFC 5905 */
};

static int64_t
timespec_ns(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * NS + ts->tv_nsec;
}

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return timespec_ns(&ts);
}

/* 32 bits of seconds since 1900, 32 of fraction; the era is the first. */
static int64_t
ntp_ns(const unsigned char *p)
{
	uint32_t word[2];

	memcpy(word, p, sizeof(word));
	return ((int64_t)ntohl(word[0]) - FROM1900) * NS +
	       (int64_t)(((uint64_t)ntohl(word[1]) * (uint64_t)NS) >> 32);
}

static int
open_socket(const char *addr, const char *port, bool stamps)
{
	const struct timeval two = { .tv_sec = 2 };
	const int flags =
	    SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
	    SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
	struct sockaddr_in to = { .sin_family = AF_INET };
	int s;

	to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (inet_pton(AF_INET, addr, &to.sin_addr) != 1)
		errx(2, "%s: not an IPv4 address", addr);
	if ((s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1 ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &two, sizeof(two)) == -1)
		err(1, "socket");
	if (stamps && setsockopt(s, SOL_SOCKET, SO_TIMESTAMPING, &flags,
			  sizeof(flags)) == -1)
		err(1, "SO_TIMESTAMPING");
	if (connect(s, (const struct sockaddr *)&to, sizeof(to)) == -1)
		err(1, "%s", addr);
	return s;
}

/* One recvmsg(): what it brought, and the software stamp that came with it. */
static ssize_t
receive(int s, void *data, size_t size, int flags, int64_t *stamp_ns)
{
	union {
		struct cmsghdr align;
		char bytes[256];
	} control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct scm_timestamping ts;
	struct cmsghdr *c;
	ssize_t n = recvmsg(s, &msg, flags);

	if (n == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPING)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		*stamp_ns = timespec_ns(&ts.ts[0]);
		return n;
	}
	errno = ENOMSG; /* the packet is there, its stamp is not */
	return -1;
}

static void
ask(int s, bool stamps, struct exchange *x)
{
	unsigned char packet[48] = { 0x23 }; /* version 4, mode 3 */
	unsigned char cookie[8];
	ssize_t n;

	if (getrandom(cookie, sizeof(cookie), 0) != sizeof(cookie))
		err(1, "getrandom");
	memcpy(packet + 40, cookie, sizeof(cookie));
	x->t1_ns = now_ns();
	if (send(s, packet, sizeof(packet), 0) != sizeof(packet))
		err(1, "send");
	if (stamps) {
		n = receive(s, packet, sizeof(packet), 0, &x->t4_ns);
	} else {
		n = recv(s, packet, sizeof(packet), 0);
		x->t4_ns = now_ns();
	}
	if (n == -1)
		err(1, "receive");
	if (n < 48 || memcmp(packet + 24, cookie, sizeof(cookie)) != 0)
		errx(1, "not a reply to this request");
	x->t2_ns = ntp_ns(packet + 32);
	x->t3_ns = ntp_ns(packet + 40);
	if (stamps && receive(s, packet, sizeof(packet),
			  MSG_ERRQUEUE | MSG_DONTWAIT, &x->t1_ns) == -1)
		err(1, "transmit stamp");
}

int
main(int argc, char *argv[])
{
	struct exchange x;
	bool stamps = argc > 1 && strcmp(argv[1], "--stamps") == 0;
	int64_t twice_ns;

	if (argc != (stamps ? 4 : 3))
		errx(2, "usage: floor [--stamps] ADDR PORT");
	ask(open_socket(argv[argc - 2], argv[argc - 1], stamps), stamps, &x);
	twice_ns = (x.t2_ns - x.t1_ns) + (x.t3_ns - x.t4_ns);
	printf("%s%" PRId64 ".%09" PRId64 "\n", twice_ns < 0 ? "-" : "",
	    imaxabs(twice_ns / 2) / NS, imaxabs(twice_ns / 2) % NS);
	return fflush(stdout) == 0 ? 0 : 1;
}
