/*
 * Setting the clock on Linux.
 *
 * A step is a delta that the kernel adds under its own lock (ADJ_SETOFFSET), so
 * nothing is lost between reading and setting.  A slew is adjtime's, asked for
 * by its adjtimex name, since what the C libraries call adjtime() differs.
 */

#include "clock/clock.h"

#include <sys/timex.h>

#include "base/num.h"
#include "base/types.h"

int
clock_step(int64_t offset_ns)
{
	struct timex tx = { .modes = ADJ_SETOFFSET | ADJ_NANO };
	int64_t s = offset_ns / NS_PER_S, ns = offset_ns % NS_PER_S;

	if (ns < 0) { /* the kernel wants 0 to 999999999 here */
		ns += NS_PER_S;
		s--;
	}
	tx.time.tv_sec = s;
	tx.time.tv_usec = ns; /* nanoseconds, by ADJ_NANO */
	return adjtimex(&tx) == -1 ? -1 : 0;
}

int
clock_slew(int64_t offset_ns)
{
	struct timex tx = { .modes = ADJ_OFFSET_SINGLESHOT };
	int64_t half_us = offset_ns < 0 ? -NS_PER_US / 2 : NS_PER_US / 2;

	tx.offset = (long)((offset_ns + half_us) / NS_PER_US);
	return adjtimex(&tx) == -1 ? -1 : 0;
}
