/*
 * Reading the clocks.
 *
 * The one place that turns struct timespec into the nanoseconds everything else
 * is told in.  Nothing here sets anything.
 */

#include "base/now.h"

#include <time.h>

#include "base/types.h"

static int64_t
read_ns(clockid_t id)
{
	struct timespec ts;

	_Static_assert(sizeof(ts.tv_sec) == 8, "time_t must be 64 bits wide");
	clock_gettime(id, &ts); /* cannot fail for these clocks */
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t
now_real_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}

int64_t
now_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t
now_precision_ns(void)
{
	int64_t least = NS_PER_MS, last = now_mono_ns(), now;
	struct timespec step = { 0, 1 };
	int i;

	for (i = 0; i < 8; i++) {
		now = now_mono_ns();
		if (now > last && now - last < least)
			least = now - last;
		last = now;
	}
	clock_getres(CLOCK_REALTIME, &step);
	return step.tv_nsec > least ? step.tv_nsec : least;
}
