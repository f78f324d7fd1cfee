#ifndef NET_ENDING_H
#define NET_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "select/tally.h"

struct ask;
struct measurement;
struct source;

/* Moments are monotonic. */
struct ending {
	struct tally tally; /* of the votes so far, counted again and again */
	int64_t deadline_ns;
	int64_t attempt_ns; /* under --wait: the end of this attempt, 0: none */
	int64_t grace_ns;   /* settled: the end of the grace, 0: not settled */
};

/*
 * When a source will have been silent, or refused, for so long that it no
 * longer counts if the rest can decide; INT64_MAX: nothing is expected of it
 * now.
 */
int64_t ending_overdue_ns(
    const struct measurement *, const struct ask *, const struct source *);

enum ending_state { ENDING_AHEAD, ENDING_RETRY, ENDING_REACHED };

/*
 * Whether it is enough: the deadline has come, everybody has been heard, or the
 * answer is settled and its grace over.  Under --wait an attempt in which they
 * did not agree ends in ENDING_RETRY: who has answered is to be asked again. If
 * the end is still ahead, *again_ns is when at the latest to look again.
 */
enum ending_state ending_look(struct ending *, const struct measurement *,
    const struct ask *, int64_t now_ns, int64_t *again_ns);

/* Gives a fault to everyone who was not heard out when it ended; lets go. */
void ending_close(struct ending *, struct measurement *);
#endif
