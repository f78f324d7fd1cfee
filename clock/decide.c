/*
 * From the verdict and the policy to an action.
 *
 * Pure: everything that can keep the clock from being set is decided here, in
 * one place, in words, and without touching anything.
 */

#include "clock/decide.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"
#include "base/types.h"
#include "ntp_proto.h"

#define HORIZON_NS  (INT64_C(30) * 31556952 * NS_PER_S)
#define SLEW_MAX_NS (1000 * NS_PER_S) /* at 500 ppm that is 23 days */
#define SLEW_MIN_NS (1 * NS_PER_US)   /* adjtime's resolution */

static void __attribute__((format(printf, 3, 4)))
decide(struct clock_action *a, enum action_kind kind, const char *why, ...)
{
	va_list ap;

	a->kind = kind;
	va_start(ap, why);
	vsnprintf(a->why, sizeof(a->why), why, ap);
	va_end(ap);
}

/*
 * A time before the program was built is certainly wrong; one 30 years after
 * it most likely is.  Whether it stands between.
 */
static bool
within_reason(
    struct clock_action *a, const struct policy *policy, int64_t true_ns)
{
	int64_t built_ns = ntp_build_ns();
	char is[DATE_TEXT_SIZE], built[DATE_TEXT_SIZE];

	date_text(is, true_ns);
	date_text(built, built_ns);
	if (true_ns < built_ns)
		decide(a, CLOCK_REFUSE,
		    "%s is before this program was built (%s), so the servers "
		    "are wrong",
		    is, built);
	else if (true_ns > num_add(built_ns, HORIZON_NS) && !policy->force)
		decide(a, CLOCK_REFUSE,
		    "%s is over 30 years after this program was built (%s); "
		    "--force sets it all the same",
		    is, built);
	return a->kind != CLOCK_REFUSE;
}

static void
decide_slew(struct clock_action *a)
{
	char size[NUM_TEXT_SIZE];
	uint64_t size_ns = num_abs(a->offset_ns);

	if (size_ns < SLEW_MIN_NS)
		decide(a, CLOCK_LEAVE, "less than 1 us: nothing to do");
	else if (size_ns > SLEW_MAX_NS)
		decide(a, CLOCK_REFUSE,
		    "%s is too much to slew (1000 s is the most); "
		    "-S steps the clock",
		    num_text(size, (int64_t)size_ns, NUM_PLAIN, "u"));
	else
		a->kind = CLOCK_SLEW;
}

static void
decide_step(struct clock_action *a)
{
	if (a->offset_ns == 0)
		decide(a, CLOCK_LEAVE, "the clock is right: nothing to do");
	else
		a->kind = CLOCK_STEP;
}

void
clock_decide(struct clock_action *a, const struct verdict *v,
    const struct policy *policy, int64_t real_ns)
{
	bool slew = policy->may_slew;

	memset(a, 0, sizeof(*a));
	a->kind = CLOCK_LEAVE;
	if (v->kind != VERDICT_AGREED ||
	    (!policy->may_slew && !policy->may_step))
		return;
	a->offset_ns = v->offset_ns;
	if (!within_reason(a, policy, num_add(real_ns, v->offset_ns)))
		return;
	if (policy->may_slew && policy->may_step)
		slew = num_abs(v->offset_ns) < (uint64_t)policy->step_over_ns;
	if (slew)
		decide_slew(a);
	else
		decide_step(a);
}
