/*
 * The coming of a network, told by the kernel: rtnetlink(7).
 *
 * What exactly has changed does not matter: whoever could not be reached is
 * tried again, and that tells best whether it was of use.
 */

#include "net/online.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

int
online_open(void)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
			     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV6_ROUTE };
	int fd = socket(
	    AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd == -1)
		return -1;
	if (bind(fd, (struct sockaddr *)&nl, sizeof(nl)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Messages that were lost for want of room are as good as one that was read. */
void
online_read(int fd)
{
	char buf[8192];
	int i;

	for (i = 0; i < 64 && recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0; i++)
		;
}
