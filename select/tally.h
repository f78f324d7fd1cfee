#ifndef SELECT_TALLY_H
#define SELECT_TALLY_H

#include <stdbool.h>
#include <stdint.h>

struct measurement;
struct source;

struct interval {
	int64_t lo_ns, hi_ns;
};

struct edge;

/*
 * The votes that were cast, and the point that most of them share.  Zeroed to
 * begin with; it keeps its memory from one count to the next.
 */
struct tally {
	unsigned room; /* for so many votes */
	struct edge *edges;
	struct source **voice; /* who speaks for each vote, NULL: nobody */
	unsigned nvotes;
	unsigned ncast;  /* so many votes have a voice */
	unsigned most;   /* so many share a point */
	unsigned second; /* so many share another point, and not that one */
	int64_t at_ns;   /* a point they share, when widened */
};

/*
 * Counts the votes of sources that filter_source has seen: a vote's voice is
 * the source of least bound.  Returns -1 when there is no memory.  In the end
 * the caller calls tally_free.
 */
int tally_count(struct tally *, const struct measurement *)
    __attribute__((warn_unused_result));
void tally_free(struct tally *);

/* A bound so wide that it says nothing of use: no vote. */
bool tally_too_far(const struct source *);

/* Whether this source (NULL: no), widened, holds the point that most share. */
bool tally_agrees(const struct tally *, const struct source *);

/*
 * Whether they are more than half of all votes and no other set is as large,
 * even if every vote of those still open were cast against them.
 */
bool tally_majority(const struct tally *, unsigned open);

/*
 * The stretch that all who agree allow.  Where that is empty, each of them is
 * widened on both sides, and *widened_ns says by how much.
 */
struct interval tally_common(const struct tally *, int64_t *widened_ns);
#endif
