#ifndef BASE_NOW_H
#define BASE_NOW_H

#include <stdbool.h>
#include <stdint.h>

struct instant;

/* The local clock: nanoseconds since 1970 UTC. */
int64_t now_real_ns(void);

/* Nanoseconds since some moment before, never set; for durations. */
int64_t now_mono_ns(void);

/* All clocks, as nearly at once as can be. */
void now_all(struct instant *);

/*
 * Whether our clock ran on by itself from one instant to a later one: it was
 * not set (by more than 20 us), not slewed faster than 1000 ppm beyond its
 * rate, and the machine was not suspended.  The rate is what the kernel
 * corrects the clock's by for good, which is what makes it right: 0.00003 is 30
 * ppm.
 */
bool now_undisturbed(
    const struct instant *then, const struct instant *now, double rate);

/* By how much it was set from one instant to a later one, in nanoseconds. */
int64_t now_stepped_ns(const struct instant *then, const struct instant *now);

/*
 * By how much it was moved, slewed or set, beyond its rate; 0 where that is
 * less than the time it took to read the clocks.
 */
int64_t now_moved_ns(
    const struct instant *then, const struct instant *now, double rate);

/*
 * The precision of the local clock as RFC 5905 section 7.3 means it: the
 * resolution or the time it takes to read, whichever is larger.
 */
int64_t now_precision_ns(void);
#endif
