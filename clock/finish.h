#ifndef CLOCK_FINISH_H
#define CLOCK_FINISH_H

#include <stdbool.h>
#include <stdint.h>

struct clock_action;
struct instant;

/*
 * Waits until the kernel has worked off the slew that began at an instant;
 * *left is what the clock is short of its goal when it has ended.  False when
 * it was interrupted or the clock has moved otherwise: the action has failed
 * then, and why says so.
 */
bool finish_slew(struct clock_action *, const struct instant *began,
    struct instant *ended, double rate, int64_t *left)
    __attribute__((warn_unused_result));
#endif
