/*
 * Whether there is a network.
 */

#include "net/online.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stddef.h>
#include <sys/socket.h>

static bool
leads_out(const struct ifaddrs *i)
{
	return i->ifa_addr != NULL && (i->ifa_flags & IFF_LOOPBACK) == 0 &&
	       (i->ifa_flags & IFF_UP) != 0 &&
	       (i->ifa_addr->sa_family == AF_INET ||
		   i->ifa_addr->sa_family == AF_INET6);
}

bool
online_now(void)
{
	struct ifaddrs *list, *i;
	bool found = false;

	if (getifaddrs(&list) == -1)
		return true; /* for all that is known */
	for (i = list; i != NULL && !found; i = i->ifa_next)
		found = leads_out(i);
	freeifaddrs(list);
	return found;
}
