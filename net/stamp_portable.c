/*
 * Any other system: SO_TIMESTAMP for what arrives, to the microsecond, where
 * there is such a thing; nothing for what leaves.  ICMP errors are those that a
 * connected socket returns.
 */

#include "net/stamp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/types.h"

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(struct timeval))];
};

void
stamp_enable(int fd, int family)
{
	int on = 1;

	(void)family;
	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
}

int
stamp_bind_device(int fd, const char *name)
{
	(void)fd;
	(void)name;
	errno = ENOTSUP;
	return -1;
}

ssize_t
stamp_receive(int fd, void *buf, size_t size, int64_t *rx_ns)
{
	struct iovec iov = { buf, size };
	union control control;
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	struct timeval tv;
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);

	*rx_ns = 0;
	if (n == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMP &&
		    c->cmsg_len >= CMSG_LEN(sizeof(tv))) {
			memcpy(&tv, CMSG_DATA(c), sizeof(tv));
			*rx_ns = (int64_t)tv.tv_sec * NS_PER_S +
				 tv.tv_usec * NS_PER_US;
		}
	return (msg.msg_flags & MSG_TRUNC) ? (ssize_t)size + 1 : n;
}

void
stamp_sent(int fd, int64_t *tx_ns, int *error)
{
	(void)fd;
	(void)tx_ns;
	(void)error;
}
