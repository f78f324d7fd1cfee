#ifndef CLOCK_READY_H
#define CLOCK_READY_H

#include <stdbool.h>

struct clock_action;
struct policy;

/* Whether a step or a slew is allowed, be it only to say what would be done. */
bool clock_may_change(const struct policy *);

/*
 * Before anybody is asked: whether what may be done to the clock could be done.
 * False: the action says why not.  Always true when nothing is to be set.
 */
bool clock_ready(struct clock_action *, const struct policy *)
    __attribute__((warn_unused_result));

/*
 * Then: that nobody else of our kind is at it.  That may take time in which a
 * clock should not be left alone once it is measured.  False: the action says
 * why not.  The caller lets go of *lock when all is done.
 */
bool clock_reserve(struct clock_action *, int *lock, const struct policy *)
    __attribute__((warn_unused_result));
#endif
