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

/* A step that is less wrong is right, and so is a clock that had to be set. */
#define STEP_ERROR_NS (20 * NS_PER_US)
#define SET_ERROR_NS  (1 * NS_PER_MS)

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
	int64_t known_ns = (int64_t)num_abs(left_ns);

	return (struct clock_claim){
		.synchronised = a->vouch,
		.maxerror_ns = known_ns + a->bound_ns,
		.esterror_ns =
		    known_ns + (scatters ? a->bound_ns : a->jitter_ns),
	};
}

/* From now on whoever asks the kernel may rely on it. */
static void
claim(struct clock_action *a, int64_t left_ns, const struct clock_state *st)
{
	struct clock_claim c = claim_of(a, left_ns);

	if (clock_claim(&c, st) == -1)
		fail(a,
		    "the clock %s, but the kernel could not be told how right "
		    "it is: %s",
		    a->kind == CLOCK_STEP    ? "was stepped"
		    : a->kind == CLOCK_LEAVE ? "is right"
		    : a->took_ns != 0        ? "was slewed"
					     : "is being slewed",
		    strerror(errno));
}

/* Somebody set the clock at the same moment: nobody may call it right. */
static void
disown(void)
{
	static const struct clock_claim wrong = {
		.maxerror_ns = CLOCK_ERROR_MAX_NS,
		.esterror_ns = CLOCK_ERROR_MAX_NS,
	};
	struct clock_state st;

	if (clock_read(&st) == -1 || clock_claim(&wrong, &st) == -1)
		log_verbose("the kernel could not be told that its clock is "
			    "wrong: %s",
		    strerror(errno));
}

/*
 * Whether the clock moved by the step, and by nothing else; returns what it is
 * short of that.  One that was set is late by as long as we were held up.
 */
static int64_t
check_step(struct clock_action *a, const struct instant *before, bool was_set)
{
	int64_t room_ns = was_set ? SET_ERROR_NS : STEP_ERROR_NS;
	int64_t jump_ns, left_ns;
	struct instant after;

	now_all(&after);
	jump_ns = now_stepped_ns(before, &after);
	left_ns = num_sub(a->offset_ns, jump_ns);
	room_ns += before->apart_ns + after.apart_ns;
	if (num_abs(left_ns) <= (uint64_t)room_ns)
		return left_ns;
	fail(a,
	    "the clock moved by %+.6f s instead of %+.6f s: somebody else set "
	    "it at the same moment, or the kernel did something else; run "
	    "ntpsync again",
	    (double)jump_ns / 1e9, (double)a->offset_ns / 1e9);
	disown();
	return left_ns;
}

/* The same for what is no step. */
static void
check_still(struct clock_action *a, const struct instant *before, double rate)
{
	struct instant after;

	now_all(&after);
	if (a->failed || now_undisturbed(before, &after, rate))
		return;
	fail(a, "somebody else set the clock at the same moment; run ntpsync "
		"again");
	disown();
}

static void
step(struct clock_action *a, const struct instant *before,
    const struct clock_state *st)
{
	struct clock_claim c = claim_of(a, 0);
	int result = clock_step(a->offset_ns, &c, st);
	int64_t left_ns;

	if (result == -1) {
		a->error = errno;
		fail(a, "could not step the clock: %s", strerror(errno));
		return;
	}
	a->begun = true;
	left_ns = check_step(a, before, result == 1);
	if (result == 1 && !a->failed)
		claim(a, left_ns, st);
}

static void
finish(struct clock_action *a, const struct instant *began,
    const struct clock_state *st)
{
	struct clock_state since;
	struct instant ended;
	int64_t left_ns;

	if (!finish_slew(a, began, &ended, st->rate, &left_ns))
		return;
	a->bound_ns =
	    num_add(a->bound_ns, a->took_ns / 1000 * DRIFT_PPM / 1000);
	a->vouch = a->bound_ns < CLOCK_ERROR_MAX_NS;
	(void)clock_read(&since); /* if it fails there is no claim either */
	claim(a, left_ns, &since);
	check_still(a, &ended, st->rate);
}

static void
slew(struct clock_action *a, const struct instant *now,
    const struct clock_state *st)
{
	if (clock_slew(a->offset_ns) == -1) {
		a->error = errno;
		fail(a, "could not slew the clock: %s", strerror(errno));
		return;
	}
	a->begun = true;
	claim(a, a->offset_ns, st);
	check_still(a, now, st->rate);
	if (a->finish && !a->failed)
		finish(a, now, st);
}

/* A clock that is right stays so only if no earlier slew goes on. */
static void
leave(struct clock_action *a, const struct instant *now,
    const struct clock_state *st)
{
	if (clock_slew(0) == -1) {
		fail(a, "could not end an earlier slew: %s", strerror(errno));
		return;
	}
	a->begun = true;
	claim(a, a->offset_ns, st);
	check_still(a, now, st->rate);
}

/* Brings the offset up to date; false when it is another clock's by now. */
static bool
bring_up_to_date(struct clock_action *a, const struct instant *measured,
    const struct instant *now, double rate)
{
	if (!now_undisturbed(measured, now, rate)) {
		a->kind = CLOCK_REFUSE;
		a->vouch = false;
		snprintf(a->why, sizeof(a->why),
		    "somebody else set the clock after it was measured; run "
		    "ntpsync again");
		return false;
	}
	a->offset_ns = num_sub(a->offset_ns, now_moved_ns(measured, now, rate));
	return true;
}

/* The last look: early in boot the kernel forgets what it was told. */
static void
confirm(struct clock_action *a, const struct clock_state *before)
{
	struct clock_state st;

	if (a->begun)
		a->pending_ns = before->pending_ns;
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
	if (!bring_up_to_date(a, measured, &now, st.rate))
		return;
	if (a->kind == CLOCK_STEP)
		step(a, &now, &st);
	else if (a->kind == CLOCK_SLEW)
		slew(a, &now, &st);
	else
		leave(a, &now, &st);
	confirm(a, &st);
	if (a->vouch && a->synchronised != 0)
		mark_synchronised();
}
