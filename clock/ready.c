/*
 * Whether the clock can be set at all, found out before the first packet: the
 * right to, and that nobody else of our kind is at it.  With --wait the latter
 * comes when there is an answer.
 */

#include "clock/ready.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/guard.h"
#include "base/types.h"
#include "clock/clock.h"
#include "clock/lock.h"

static const char *
what_is_missing(int error)
{
	if (error != EPERM)
		return strerror(error);
	if (guard_entitled())
		return "the kernel forbids adjtimex although CAP_SYS_TIME is "
		       "held; a container's seccomp filter or user namespace "
		       "does that";
	return "CAP_SYS_TIME is missing; run as root, or give that capability "
	       "to the container";
}

static bool
may_set(struct clock_action *a)
{
	if (clock_may_set() == 0)
		return true;
	a->failed = true;
	a->error = errno;
	snprintf(a->why, sizeof(a->why), "could not set the clock: %s",
	    what_is_missing(errno));
	return false;
}

static bool
is_alone(struct clock_action *a, int *lock)
{
	int holder = 0;
	char pid[32] = "";

	if (lock_take(lock, &holder))
		return true;
	if (holder > 0)
		snprintf(pid, sizeof(pid), " (pid %d)", holder);
	a->kind = CLOCK_REFUSE;
	snprintf(a->why, sizeof(a->why),
	    "another ntpsync%s is correcting the clock and was not done within "
	    "10 s",
	    pid);
	return false;
}

bool
clock_may_change(const struct policy *policy)
{
	return policy->may_step || policy->may_slew;
}

bool
clock_ready(struct clock_action *a, const struct policy *policy)
{
	*a = (struct clock_action){ .kind = CLOCK_LEAVE, .synchronised = -1 };
	return !clock_may_change(policy) || policy->dry_run || may_set(a);
}

bool
clock_reserve(struct clock_action *a, int *lock, const struct policy *policy)
{
	return !clock_may_change(policy) || policy->dry_run ||
	       is_alone(a, lock);
}
