/*
 * Linux: SO_TIMESTAMPING and the error queue of a socket.
 *
 * The kernel notes in software when it hands a packet to the driver and when it
 * takes one over from it.  Stamps of packets sent come back by the socket's
 * error queue, and so do ICMP errors, all of them (IP_RECVERR), not only those
 * that a connected socket would return.
 */

#include "net/stamp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/types.h"

#define QUEUE_MAX 16 /* a queue that never ends must not hold us */

/* Room for both kinds of stamp and for one extended error with its sender. */
union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(3 * sizeof(struct timespec)) +
		  CMSG_SPACE(sizeof(struct sock_extended_err) +
			     sizeof(struct sockaddr_in6))];
};

void
stamp_enable(int fd, int family)
{
	int how = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
		  SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &how, sizeof(how)) ==
	    -1)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	if (family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	else
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
}

int
stamp_bind_device(int fd, const char *name)
{
	return setsockopt(
	    fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1);
}

/* What the kernel says of a packet beside its bytes. */
struct told {
	int64_t ns; /* when it saw it, 0: not said */
	struct sock_extended_err error;
};

/* SCM_TIMESTAMPING carries three times, the first being the software one. */
static void
read_stamp(const struct cmsghdr *c, struct told *told)
{
	struct timespec ts;

	if (c->cmsg_len < CMSG_LEN(sizeof(ts)))
		return;
	memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	told->ns = (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void
read_error(const struct cmsghdr *c, struct told *told)
{
	if (c->cmsg_len >= CMSG_LEN(sizeof(told->error)))
		memcpy(&told->error, CMSG_DATA(c), sizeof(told->error));
}

static ssize_t
receive(int fd, int flags, struct iovec iov, struct told *told)
{
	union control control;
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &msg, flags | MSG_DONTWAIT | MSG_TRUNC);
	struct cmsghdr *c;

	*told = (struct told){ 0 };
	if (n == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    (c->cmsg_type == SCM_TIMESTAMPING ||
			c->cmsg_type == SCM_TIMESTAMPNS))
			read_stamp(c, told);
		if ((c->cmsg_level == IPPROTO_IP &&
			c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == IPPROTO_IPV6 &&
			c->cmsg_type == IPV6_RECVERR))
			read_error(c, told);
	}
	return n;
}

ssize_t
stamp_receive(int fd, void *buf, size_t size, int64_t *rx_ns)
{
	struct told told;
	ssize_t n = receive(fd, 0, (struct iovec){ buf, size }, &told);

	*rx_ns = told.ns;
	return n;
}

/* An ICMP error has a stamp too: of its own arrival, not of what we sent. */
void
stamp_sent(int fd, int64_t *tx_ns, int *error)
{
	struct iovec nothing = { NULL, 0 }; /* only the control data counts */
	struct told told;
	int i;

	for (i = 0; i < QUEUE_MAX; i++) {
		if (receive(fd, MSG_ERRQUEUE, nothing, &told) == -1)
			return;
		switch (told.error.ee_origin) {
		case SO_EE_ORIGIN_TIMESTAMPING:
			*tx_ns = told.ns;
			break;
		case SO_EE_ORIGIN_ICMP:
		case SO_EE_ORIGIN_ICMP6:
			*error = (int)told.error.ee_errno;
			break;
		}
	}
}
