#ifndef CLOCK_DECIDE_H
#define CLOCK_DECIDE_H

#include <stdint.h>

struct clock_action;
struct policy;
struct verdict;

/*
 * What to do about the clock, which shows real_ns now: leave it, slew it, step
 * it, or refuse to, with the sentence that says why.  Pure.
 */
void clock_decide(struct clock_action *, const struct verdict *,
    const struct policy *, int64_t real_ns);
#endif
