#ifndef NET_UDP_H
#define NET_UDP_H

struct ask;
struct server_addr;

/*
 * A socket of its own for one request: connected, so that the kernel lets only
 * this server's packets in, and on a port that the kernel draws at random (RFC
 * 9109).  From the address or the device of --bind.  -1 with errno.
 */
int udp_open(const struct ask *, const struct server_addr *);
#endif
