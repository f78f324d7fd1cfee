#ifndef CLOCK_APPLY_H
#define CLOCK_APPLY_H

struct clock_action;
struct instant;

/*
 * Does what was decided about the clock as it was measured until then, and says
 * in the action what became of it: failed, or refused after all when the clock
 * is no longer the one that was measured.
 */
void clock_apply(struct clock_action *, const struct instant *measured);
#endif
