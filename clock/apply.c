/*
 * From a decision to the clock.
 *
 * The clock may be slewed or set by others all the while.  So the offset is
 * brought up to date at the last moment, nothing is done to another clock than
 * the one that was measured, and what the kernel did is looked at afterwards.
 */

#include "clock/apply.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "clock/clock.h"
#include "clock/finish.h"
#include "clock/mark.h"

#define EXACT_NS  (20 * NS_PER_US) /* a step that is less wrong is right */
#define DRIFT_PPM 15               /* as in every bound */

static void __attribute__((format(printf, 2, 3)))
fail(struct clock_action *a, const char *why, ...)
{
	va_list ap;

	a->failed = true;
	a->vouch = false;
	va_start(ap, why);
	vsnprintf(a->why, sizeof(a->why), why, ap);
	va_end(ap);
}

/*
 * What can be said of the clock while so much is still to be worked off.  The
 * servers' words bound the error better than samples that scatter more.
 */
static struct clock_claim
claim_of(const struct clock_action *a, int64_t left_ns)
{
	bool scatters = a->jitter_ns < 0 || a->jitter_ns > a->bound_ns;

	return (struct clock_claim){
		.synchronised = a->vouch,
		.maxerror_ns = (int64_t)num_abs(left_ns) + a->bound_ns,
		.esterror_ns = scatters ? a->bound_ns : a->jitter_ns,
	};
}

/* Nobody else may have set it at that very moment. */
static void
check_step(struct clock_action *a, int64_t jump_ns, bool exact)
{
	if (exact)
		return;
	fail(a,
	    "the clock moved by %+.6f s instead of %+.6f s: somebody else set "
	    "it at the same moment, or the kernel did something else; run "
	    "ntpsync again",
	    (double)jump_ns / 1e9, (double)a->offset_ns / 1e9);
}

static void
step(struct clock_action *a, const struct instant *before,
    const struct clock_state *st)
{
	struct clock_claim claim = claim_of(a, 0);
	bool refused = clock_step(a->offset_ns, &claim, st) == -1;
	int error = errno;
	struct instant after;
	int64_t jump_ns;
	bool exact;

	now_all(&after);
	jump_ns = now_stepped_ns(before, &after);
	exact = num_abs(num_sub(jump_ns, a->offset_ns)) <=
		(uint64_t)(EXACT_NS + before->apart_ns + after.apart_ns);
	if (!refused)
		check_step(a, jump_ns, exact);
	else if (exact)
		fail(a,
		    "the clock was stepped, but could not be marked as "
		    "right: %s",
		    strerror(error));
	else
		fail(a, "could not step the clock: %s", strerror(error));
}

/* Makes the claim; whoever asks the kernel may rely on it from now on. */
static void
claim(struct clock_action *a, int64_t left_ns, const struct clock_state *st)
{
	struct clock_claim c = claim_of(a, left_ns);

	if (clock_claim(&c, st) == -1)
		fail(a, "%s could not be marked as right: %s",
		    a->kind == CLOCK_SLEW ? "the clock is being slewed, but"
					  : "the clock is right, but",
		    strerror(errno));
}

static void
finish(struct clock_action *a, const struct instant *began,
    const struct clock_state *st)
{
	struct clock_state since = { .synchronised = -1 }; /* to be read */
	struct instant now;

	if (!finish_slew(a, began, st->rate_ppb))
		return;
	now_all(&now);
	a->took_ns = now.mono_ns - began->mono_ns;
	a->bound_ns =
	    num_add(a->bound_ns, a->took_ns / 1000 * DRIFT_PPM / 1000);
	a->vouch = true;
	claim(a, 0, &since);
}

static void
slew(struct clock_action *a, const struct instant *now,
    const struct clock_state *st)
{
	if (clock_slew(a->offset_ns) == -1) {
		fail(a, "could not slew the clock: %s", strerror(errno));
		return;
	}
	claim(a, a->offset_ns, st);
	if (a->finish && !a->failed)
		finish(a, now, st);
}

/* A clock that is right stays so only if no earlier slew goes on. */
static void
leave(struct clock_action *a, const struct clock_state *st)
{
	if (a->pending_ns != 0 && clock_slew(0) == -1)
		fail(a, "an earlier slew could not be ended: %s",
		    strerror(errno));
	else
		claim(a, a->offset_ns, st);
}

/* Brings the offset up to date; false when it is another clock's by now. */
static bool
bring_up_to_date(struct clock_action *a, const struct instant *measured,
    const struct instant *now, int64_t rate_ppb)
{
	if (!now_undisturbed(measured, now)) {
		a->kind = CLOCK_REFUSE;
		snprintf(a->why, sizeof(a->why),
		    "somebody else set the clock after it was measured; run "
		    "ntpsync again");
		return false;
	}
	a->offset_ns =
	    num_sub(a->offset_ns, now_moved_ns(measured, now, rate_ppb));
	return true;
}

/* The last look: early in boot the kernel forgets what it was told. */
static void
confirm(struct clock_action *a)
{
	struct clock_state st;

	if (clock_read(&st) == 0)
		a->synchronised = st.synchronised;
}

void
clock_apply(struct clock_action *a, const struct instant *measured)
{
	struct clock_state st;
	struct instant now;

	if (a->kind == CLOCK_REFUSE || (a->kind == CLOCK_LEAVE && !a->vouch))
		return;
	if (clock_read(&st) == -1)
		log_verbose("the kernel does not tell of its clock: %s",
		    strerror(errno));
	now_all(&now);
	if (!bring_up_to_date(a, measured, &now, st.rate_ppb))
		return;
	a->pending_ns = st.pending_ns;
	if (a->kind == CLOCK_STEP)
		step(a, &now, &st);
	else if (a->kind == CLOCK_SLEW)
		slew(a, &now, &st);
	else
		leave(a, &st);
	if (a->vouch)
		mark_synchronised();
	confirm(a);
}
