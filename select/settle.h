#ifndef SELECT_SETTLE_H
#define SELECT_SETTLE_H

#include <stdbool.h>

struct ask;
struct measurement;
struct source;

/* Whether it may yet give more, itself or by its name, and is not overdue. */
bool select_awaited(const struct source *);

/*
 * Whether those who have not answered yet could no longer change who agrees: a
 * majority of which everyone has all its samples, with every vote that is
 * still open counted against it, and --min-sources met.  What is overdue no
 * longer counts.  The samples have been through filter_source.
 */
bool select_settled(const struct measurement *, const struct ask *);
#endif
