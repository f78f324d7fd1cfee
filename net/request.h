#ifndef NET_REQUEST_H
#define NET_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct ask;
struct source;

/* One request that is out. */
struct request {
	struct source *src;
	int fd;
	uint64_t xmt; /* the transmit timestamp we made up: 64 random bits */
	int64_t sent_real_ns; /* just before it was handed to the kernel */
	int64_t sent_mono_ns;
	int64_t tx_ns; /* when the kernel says it left, 0: not said */
};

/*
 * Asks src once: a new socket, a new port, new random bits.  False when there
 * is no descriptor to be had.  Otherwise *r is in use until request_close if
 * r->fd is not -1; when nothing could be sent, src is done and its fault says
 * why.
 */
bool request_send(struct request *r, struct source *src, const struct ask *);

/*
 * Reads what has come in and lets src know.  True when the request is over; it
 * goes on after packets that are no reply to it and after ICMP errors, which
 * anyone can forge.  precision_ns is the local clock's.
 */
bool
request_receive(struct request *r, const struct ask *, int64_t precision_ns);

/* There is no way to ask src; under --wait there may be one later. */
void request_give_up(struct source *src, const struct ask *, int error);

void request_close(struct request *r);
#endif
