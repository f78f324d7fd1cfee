#ifndef CLOCK_READY_H
#define CLOCK_READY_H

#include <stdbool.h>

struct clock_action;
struct policy;
struct rival;

/*
 * Before anybody is asked: whether what may be done to the clock could be done.
 * False: the action says why not.  Always true when nothing is to be set. Looks
 * for a rival too, since that takes time that a clock should not be left alone
 * in once it is measured.  The caller lets go of *lock when all is done.
 */
bool clock_ready(struct clock_action *, struct rival *, int *lock,
    const struct policy *) __attribute__((warn_unused_result));
#endif
