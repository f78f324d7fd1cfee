#ifndef NET_LIVE_H
#define NET_LIVE_H

#include <stdint.h>

struct ask;
struct measurement;

/* The line that tells somebody at a terminal what the run is waiting for. */
struct live {
	const struct ask *ask;
	int64_t begins_ns;       /* monotonic; INT64_MAX: nobody looks */
	unsigned heard, samples; /* what was last shown */
};

void live_open(struct live *, const struct ask *, int64_t now_ns);

/* Shows what has changed; returns when to call it again at the latest. */
int64_t live_show(struct live *, const struct measurement *, int64_t now_ns);

void live_close(struct live *);
#endif
