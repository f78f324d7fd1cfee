#ifndef CLOCK_DECIDE_H
#define CLOCK_DECIDE_H

struct clock_action;
struct policy;
struct situation;
struct verdict;

/*
 * What to do about the clock: leave it, slew it, step it, or refuse to, with
 * the sentence that says why.  Pure.
 */
void clock_decide(struct clock_action *, const struct verdict *,
    const struct policy *, const struct situation *);
#endif
