/*
 * Sockets.  The only place that opens one for NTP.
 */

#include "net/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/types.h"
#include "net/stamp.h"

static int
bind_source(int fd, const struct ask *ask, int family)
{
	const struct sockaddr_storage *from = &ask->bind_addr;

	if (ask->bind_device[0] != '\0')
		return stamp_bind_device(fd, ask->bind_device);
	if (from->ss_family == AF_UNSPEC)
		return 0;
	if (from->ss_family != family) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return bind(fd, (const struct sockaddr *)from,
	    family == AF_INET6 ? sizeof(struct sockaddr_in6)
			       : sizeof(struct sockaddr_in));
}

int
udp_open(const struct ask *ask, const struct server_addr *to)
{
	int saved, fd = socket(to->ss.ss_family, SOCK_DGRAM, 0);

	if (fd == -1)
		return -1;
	stamp_enable(fd, to->ss.ss_family);
	if (bind_source(fd, ask, to->ss.ss_family) == -1 ||
	    connect(fd, (const struct sockaddr *)&to->ss, to->len) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}
