#ifndef NET_VIGIL_H
#define NET_VIGIL_H

#include <stdbool.h>
#include <stdint.h>

struct ask;
struct measurement;

/* What --wait waits for, in the order in which it comes. */
enum vigil_for { FOR_NETWORK, FOR_DNS, FOR_SERVER };

/* What there is to do about it; several may be due at once. */
enum {
	VIGIL_NETWORK = 1, /* it has changed: try whom it did not reach */
	VIGIL_NAMES = 2,   /* ask afresh for names without an address, */
	VIGIL_MOVED = 4,   /* and for those that have one */
	VIGIL_IDLE = 8     /* for those of which no lookup is under way */
};

/* Watching for what is not there yet; moments are monotonic. */
struct vigil {
	const struct ask *ask;
	int fd;       /* readable when the network changes; -1: never */
	bool changed; /* it has, and nothing was done about it yet */
	bool hurried; /* names are to be asked for out of turn */
	int64_t began_ns, seen_ns, named_ns, tick_ns, show_ns;
	unsigned ticks;
	unsigned told; /* bit 1 << enum vigil_for */
};

/* Begins; without --wait there is nothing to watch for. */
void vigil_open(struct vigil *, const struct ask *, int64_t now_ns);

/* To be called when the fd is readable. */
void vigil_read(struct vigil *);

/* What is to be done now; *again_ns: when to call it again at the latest. */
unsigned vigil_due(struct vigil *, const struct measurement *, int64_t now_ns,
    int64_t *again_ns);

void vigil_close(struct vigil *);
#endif
