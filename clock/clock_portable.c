/*
 * The clock where there is only POSIX and adjtime().
 *
 * Such a kernel is not asked how right its clock is, nor told.
 */

#include "clock/clock.h"

#include <stddef.h>
#include <sys/time.h>

#include "base/types.h"

#define US_PER_S 1000000

int
clock_read(struct clock_state *st)
{
	struct timeval left;

	*st = (struct clock_state){ .synchronised = -1 };
	if (adjtime(NULL, &left) == -1)
		return -1;
	st->pending_ns =
	    left.tv_sec * NS_PER_S + (int64_t)left.tv_usec * NS_PER_US;
	return 0;
}

/* There is nothing to try that would have no effect. */
int
clock_may_set(void)
{
	return 0;
}

int
clock_claim(const struct clock_claim *c, const struct clock_state *st)
{
	(void)c;
	(void)st;
	return 0;
}

static int
slew_us(int64_t us)
{
	struct timeval tv = { .tv_sec = us / US_PER_S,
		.tv_usec = us % US_PER_S };

	if (tv.tv_usec < 0) {
		tv.tv_usec += US_PER_S;
		tv.tv_sec--;
	}
	return adjtime(&tv, NULL);
}

int
clock_step(int64_t offset_ns, const struct clock_claim *c,
    const struct clock_state *st)
{
	(void)c;
	(void)st;
	return slew_us(0) == -1 || clock_set(offset_ns) == -1 ? -1 : 1;
}

int
clock_slew(int64_t offset_ns)
{
	int64_t half_us = offset_ns < 0 ? -NS_PER_US / 2 : NS_PER_US / 2;

	return slew_us((offset_ns + half_us) / NS_PER_US);
}
