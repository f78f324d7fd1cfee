#ifndef CLOCK_APPLY_H
#define CLOCK_APPLY_H

struct clock_action;

/* Does what was decided, or nothing.  Returns 0, or the errno of a failure. */
int clock_apply(const struct clock_action *);
#endif
