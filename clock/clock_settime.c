/*
 * Setting the clock by POSIX alone, where nothing better is to be had.
 */

#include <time.h>

#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "clock/clock.h"

#define TRIES   3
#define LATE_NS (20 * NS_PER_US)

/*
 * The monotonic clock, which nobody sets, tells what to set it to; and whether
 * we were held up on the way, so that it must be done again.
 */
int
clock_set(int64_t offset_ns)
{
	struct instant at;
	struct timespec ts;
	int64_t ahead_ns, ns;
	int i;

	now_all(&at);
	ahead_ns = num_add(at.real_ns - at.mono_ns, offset_ns);
	for (i = 0; i < TRIES; i++) {
		ns = num_add(ahead_ns, now_mono_ns());
		ts.tv_sec = ns / NS_PER_S;
		ts.tv_nsec = (long)(ns % NS_PER_S);
		if (clock_settime(CLOCK_REALTIME, &ts) == -1)
			return -1;
		now_all(&at);
		if (num_abs(at.real_ns - at.mono_ns - ahead_ns) < LATE_NS)
			break;
	}
	return 0;
}
