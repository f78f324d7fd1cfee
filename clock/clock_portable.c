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
	struct timeval tv;

	tv.tv_sec = offset_ns / NS_PER_S;
	tv.tv_usec = offset_ns % NS_PER_S / NS_PER_US;
	return adjtime(&tv, NULL);
}
