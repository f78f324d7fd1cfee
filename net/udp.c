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

/*
 * Through a device that has no address yet the kernel sends from none, and then
 * no answer can come.
 */
static int
has_source(int fd)
{
	struct sockaddr_in sin = { 0 };
	socklen_t len = sizeof(sin);

	if (getsockname(fd, (struct sockaddr *)&sin, &len) == 0 &&
	    sin.sin_family == AF_INET && sin.sin_addr.s_addr == INADDR_ANY) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	return 0;
}

int
udp_open(const struct ask *ask, const struct server_addr *to)
{
	int saved, fd = socket(to->ss.ss_family, SOCK_DGRAM, 0);

	if (fd == -1)
		return -1;
	stamp_enable(fd, to->ss.ss_family);
	if (bind_source(fd, ask, to->ss.ss_family) == -1 ||
	    connect(fd, (const struct sockaddr *)&to->ss, to->len) == -1 ||
	    has_source(fd) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}
