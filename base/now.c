/*
 * Reading the clocks, and telling from them what became of ours.
 *
 * The one place that turns struct timespec into the nanoseconds everything else
 * is told in.  Nothing here sets anything.
 *
 * The clock that shows the time of day is set and slewed, the monotonic one is
 * slewed with it, and the raw one is neither; so two readings of all of them
 * tell whether somebody has set, slewed or suspended in between.
 */

#include "base/now.h"

#include <time.h>

#include "base/num.h"
#include "base/types.h"

#ifndef CLOCK_MONOTONIC_RAW
#define CLOCK_MONOTONIC_RAW CLOCK_MONOTONIC /* then slews do not show */
#endif
#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC /* and suspends neither */
#endif

#define AT_ONCE_NS (5 * NS_PER_US)  /* readings so near are near enough */
#define JUMP_NS    (20 * NS_PER_US) /* what is less is no step */
#define FAST_PPM   1000             /* the kernel's own slews end here */

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

/* The best of a few, for we may be held up between the readings. */
void
now_all(struct instant *at)
{
	struct instant next;
	int64_t first_ns;
	int i;

	at->apart_ns = INT64_MAX;
	for (i = 0; i < 3 && at->apart_ns >= AT_ONCE_NS; i++) {
		first_ns = now_mono_ns();
		next.raw_ns = read_ns(CLOCK_MONOTONIC_RAW);
		next.boot_ns = read_ns(CLOCK_BOOTTIME);
		next.real_ns = now_real_ns();
		next.mono_ns = now_mono_ns();
		next.apart_ns = next.mono_ns - first_ns;
		if (next.apart_ns < at->apart_ns)
			*at = next;
	}
}

int64_t
now_stepped_ns(const struct instant *then, const struct instant *now)
{
	return num_sub(num_sub(now->real_ns, then->real_ns),
	    num_sub(now->mono_ns, then->mono_ns));
}

/* What our clock would have gone on by itself. */
static int64_t
paced_ns(const struct instant *then, const struct instant *now, double rate)
{
	int64_t raw_ns = num_sub(now->raw_ns, then->raw_ns);

	return num_add(raw_ns, (int64_t)((double)raw_ns * rate));
}

bool
now_undisturbed(
    const struct instant *then, const struct instant *now, double rate)
{
	int64_t mono_ns = now->mono_ns - then->mono_ns;
	int64_t slewed_ns = num_sub(mono_ns, paced_ns(then, now, rate));
	int64_t slept_ns =
	    num_sub(num_sub(now->boot_ns, then->boot_ns), mono_ns);
	uint64_t room_ns = (uint64_t)(JUMP_NS + then->apart_ns + now->apart_ns);

	return num_abs(now_stepped_ns(then, now)) <= room_ns &&
	       num_abs(slept_ns) <= room_ns &&
	       num_abs(slewed_ns) <=
		   room_ns + num_abs(mono_ns) / 1000000 * FAST_PPM;
}

int64_t
now_moved_ns(const struct instant *then, const struct instant *now, double rate)
{
	int64_t moved_ns = num_sub(
	    num_sub(now->real_ns, then->real_ns), paced_ns(then, now, rate));

	return num_abs(moved_ns) > (uint64_t)(then->apart_ns + now->apart_ns)
		   ? moved_ns
		   : 0;
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
