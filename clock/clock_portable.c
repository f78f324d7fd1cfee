/*
 * Setting the clock where there is only POSIX and adjtime().
 *
 * A step reads the clock, adds and sets it, so it loses the time between the
 * two calls.
 */

#include "clock/clock.h"

#include <sys/time.h>
#include <time.h>

#include "base/now.h"
#include "base/num.h"
#include "base/types.h"

#define US_PER_S 1000000

int
clock_step(int64_t offset_ns)
{
	int64_t ns = num_add(now_real_ns(), offset_ns);
	struct timespec ts;

	ts.tv_sec = ns / NS_PER_S;
	ts.tv_nsec = ns % NS_PER_S;
	return clock_settime(CLOCK_REALTIME, &ts);
}

int
clock_slew(int64_t offset_ns)
{
	int64_t half_us = offset_ns < 0 ? -NS_PER_US / 2 : NS_PER_US / 2;
	int64_t us = (offset_ns + half_us) / NS_PER_US;
	struct timeval tv = { .tv_sec = us / US_PER_S,
		.tv_usec = us % US_PER_S };

	if (tv.tv_usec < 0) {
		tv.tv_usec += US_PER_S;
		tv.tv_sec--;
	}
	return adjtime(&tv, NULL);
}
