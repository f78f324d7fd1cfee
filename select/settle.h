#ifndef SELECT_SETTLE_H
#define SELECT_SETTLE_H

#include <stdbool.h>

struct ask;
struct measurement;
struct source;
struct tally;

/*
 * Whether it may yet give more, itself or by its name, and is not overdue;
 * under
 * --wait nobody is, while an attempt lasts.
 */
bool select_awaited(const struct source *, const struct ask *);

/* Whether an address of this one's name has given a sample. */
bool select_name_answered(const struct source *);

/*
 * Whether a majority agrees of which everyone has all its samples, with every
 * vote that is still open counted against it, as one and for its nearest rival,
 * and --min-sources is met.  What is overdue no longer counts.  The samples
 * have been through filter_source.
 */
bool
select_settled(struct tally *, const struct measurement *, const struct ask *);

/* Whether those who have answered would do, as things stand. */
bool
select_agreed(struct tally *, const struct measurement *, const struct ask *);
#endif
