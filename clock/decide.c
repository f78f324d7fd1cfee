/*
 * From the verdict and the policy to an action.
 *
 * Pure: whatever can keep the clock from being set, once the servers have
 * spoken, is decided here, in one place, in words, and without touching
 * anything.
 */

#include "clock/decide.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"
#include "base/types.h"
#include "clock/clock.h"
#include "ntp_proto.h"

#define HORIZON_NS   (INT64_C(30) * 31556952 * NS_PER_S)
#define SLEW_US_IN_S 500               /* the kernel's rate, 500 ppm */
#define SLEW_MAX_NS  (1000 * NS_PER_S) /* at that rate 23 days */
#define SLEW_MIN_NS  (1 * NS_PER_US)   /* adjtime's resolution */

static void __attribute__((format(printf, 2, 3)))
refuse(struct clock_action *a, const char *why, ...)
{
	va_list ap;

	a->kind = CLOCK_REFUSE;
	a->vouch = false;
	va_start(ap, why);
	vsnprintf(a->why, sizeof(a->why), why, ap);
	va_end(ap);
}

static void
leave(struct clock_action *a, const char *why)
{
	a->kind = CLOCK_LEAVE;
	snprintf(a->why, sizeof(a->why), "%s", why);
}

/* Two who steer make a clock worse than either of them. */
static bool
has_rival(struct clock_action *a, const struct policy *policy,
    const struct rival *rival)
{
	if (rival->pid == 0 || policy->force)
		return false;
	refuse(a, "%s (pid %d) takes care of this clock: %s, or use --force",
	    rival->name, rival->pid, rival->advice);
	return true;
}

/*
 * A time before the program was built is certainly wrong; one 30 years after
 * it most likely is.
 */
static bool
beyond_reason(
    struct clock_action *a, const struct policy *policy, int64_t true_ns)
{
	int64_t built_ns = ntp_build_ns();
	char is[DATE_TEXT_SIZE], built[DATE_TEXT_SIZE];

	date_text(is, true_ns);
	date_text(built, built_ns);
	if (true_ns < built_ns)
		refuse(a,
		    "%s is before this program was built (%s), so the servers "
		    "are wrong",
		    is, built);
	else if (true_ns > num_add(built_ns, HORIZON_NS) && !policy->force)
		refuse(a,
		    "%s is over 30 years after this program was built (%s); "
		    "--force sets it all the same",
		    is, built);
	return a->kind == CLOCK_REFUSE;
}

static bool
beyond_limit(struct clock_action *a, const struct policy *policy)
{
	char size[NUM_TEXT_SIZE], limit[NUM_TEXT_SIZE];
	uint64_t size_ns = num_abs(a->offset_ns);

	if (size_ns <= (uint64_t)policy->limit_ns)
		return false;
	refuse(a, "a correction of %s is more than --limit %s allows",
	    num_text(size, a->offset_ns, NUM_PLAIN, "u"),
	    num_text(limit, policy->limit_ns, NUM_PLAIN, "u"));
	return true;
}

static bool
too_far_back(const struct clock_action *a, const struct policy *policy)
{
	return a->offset_ns < 0 &&
	       num_abs(a->offset_ns) > (uint64_t)policy->limit_back_ns;
}

/*
 * The kernel begins at the next full second, and goes on for whole seconds.
 */
static int64_t
slew_takes_ns(uint64_t size_ns, int64_t real_ns)
{
	int64_t us = (int64_t)(size_ns + NS_PER_US / 2) / NS_PER_US;
	int64_t into_ns = (real_ns % NS_PER_S + NS_PER_S) % NS_PER_S;

	return NS_PER_S - into_ns +
	       (us + SLEW_US_IN_S - 1) / SLEW_US_IN_S * NS_PER_S;
}

static void
decide_slew(struct clock_action *a, int64_t real_ns)
{
	char size[NUM_TEXT_SIZE];
	uint64_t size_ns = num_abs(a->offset_ns);

	if (size_ns < SLEW_MIN_NS)
		leave(a, "less than 1 us: nothing to do");
	else if (size_ns > SLEW_MAX_NS)
		refuse(a,
		    "%s is too much to slew (1000 s is the most); "
		    "-S steps the clock",
		    num_text(size, (int64_t)size_ns, NUM_PLAIN, "u"));
	else {
		a->kind = CLOCK_SLEW;
		a->takes_ns = slew_takes_ns(size_ns, real_ns);
	}
}

static void
refuse_step_back(struct clock_action *a, const struct policy *policy)
{
	char size[NUM_TEXT_SIZE], limit[NUM_TEXT_SIZE];

	refuse(a, "a step back by %s is more than --limit-back %s allows%s",
	    num_text(size, a->offset_ns, NUM_PLAIN, "u"),
	    policy->limit_back_ns == 0
		? "0"
		: num_text(limit, policy->limit_back_ns, NUM_PLAIN, "u"),
	    policy->may_slew ? ", and too much to slew (1000 s is the most)"
			     : "");
}

static void
decide_step(struct clock_action *a, const struct policy *policy)
{
	if (a->offset_ns == 0)
		leave(a, "the clock is right: nothing to do");
	else if (too_far_back(a, policy))
		refuse_step_back(a, policy);
	else
		a->kind = CLOCK_STEP;
}

/* Whether slewing is the way, where both are allowed. */
static bool
prefers_slew(const struct clock_action *a, const struct policy *policy)
{
	if (!policy->may_step || !policy->may_slew)
		return policy->may_slew;
	if (num_abs(a->offset_ns) < (uint64_t)policy->step_over_ns)
		return true;
	return too_far_back(a, policy) && num_abs(a->offset_ns) <= SLEW_MAX_NS;
}

/*
 * With a slew the clock goes on being wrong, by less and less; nobody shall
 * rely on it while that is as much as would otherwise be stepped, or more than
 * anybody calls synchronised.
 */
static bool
soon_right(const struct clock_action *a, const struct policy *policy)
{
	uint64_t size_ns = num_abs(a->offset_ns);

	return a->kind != CLOCK_SLEW ||
	       (size_ns < (uint64_t)policy->step_over_ns &&
		   size_ns + (uint64_t)a->bound_ns < CLOCK_ERROR_MAX_NS);
}

void
clock_decide(struct clock_action *a, const struct verdict *v,
    const struct policy *policy, const struct situation *now)
{
	memset(a, 0, sizeof(*a));
	a->kind = CLOCK_LEAVE;
	a->synchronised = -1;
	if (!policy->may_slew && !policy->may_step)
		return;
	if (v->kind != VERDICT_AGREED && now->disturbed)
		refuse(a, "somebody else set the clock while it was measured, "
			  "and there was no time to measure it again");
	if (v->kind != VERDICT_AGREED)
		return;
	a->offset_ns = v->offset_ns;
	a->bound_ns = num_add(v->bound_ns, v->widened_ns);
	a->jitter_ns = v->jitter_ns;
	a->finish = policy->finish;
	if (has_rival(a, policy, &now->rival) ||
	    beyond_reason(a, policy, num_add(now->real_ns, v->offset_ns)) ||
	    beyond_limit(a, policy))
		return;
	a->vouch = true;
	if (prefers_slew(a, policy))
		decide_slew(a, now->real_ns);
	else
		decide_step(a, policy);
	a->vouch = a->vouch && soon_right(a, policy);
}
