/*
 * The clock of Linux: adjtimex().
 *
 * A step is a delta that the kernel adds under its own lock (ADJ_SETOFFSET), so
 * nothing is lost between reading and setting, and the same call says how right
 * the clock is then.  A slew is adjtime's, asked for by its adjtimex name,
 * since what the C libraries call adjtime() differs.
 */

#include "clock/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>

#include "base/log.h"
#include "base/num.h"
#include "base/types.h"

#define ERROR_MAX_US (CLOCK_ERROR_MAX_NS / NS_PER_US) /* NTP_PHASE_LIMIT */
#define TICK_US      10000  /* a tick of USER_HZ that nobody has changed */
#define LOOP_MAX_US  500000 /* MAXPHASE */
#define CLAIM_MODES  (ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR)

static int64_t
up_to_us(int64_t ns)
{
	return ns / NS_PER_US + (ns % NS_PER_US > 0);
}

/*
 * What the phase-locked loop still has to work off, of what a daemon gave it.
 * Kernels before 6.13 tell a negative one in microseconds as if its nanoseconds
 * were 32 bits without a sign.
 */
static int64_t
left_in_loop_ns(const struct timex *tx)
{
	int64_t left = tx->offset; /* a long, where that has 32 bits too */

	if (tx->status & STA_NANO)
		return left;
	if (left > LOOP_MAX_US)
		left -= UINT32_MAX / 1000;
	return left * NS_PER_US;
}

int
clock_read(struct clock_state *st)
{
	struct timex tx = { 0 }, slew = { .modes = ADJ_OFFSET_SS_READ };

	*st = (struct clock_state){ .synchronised = -1 };
	if (adjtimex(&tx) == -1 || adjtimex(&slew) == -1)
		return -1;
	if (tx.tick == 0) { /* a filter says yes, and the kernel nothing */
		errno = ENOSYS;
		return -1;
	}
	st->synchronised =
	    !(tx.status & STA_UNSYNC) && tx.maxerror < ERROR_MAX_US;
	st->pending_ns = slew.offset * NS_PER_US + left_in_loop_ns(&tx);
	st->bits = tx.status;
	st->maxerror_us = tx.maxerror;
	st->esterror_us = tx.esterror;
	st->rate = (double)tx.freq / 65536 / 1e6 +
		   (double)(tx.tick - TICK_US) / TICK_US;
	return 0;
}

/* The right is asked for first, and then a tick of 0 is none that can be. */
int
clock_may_set(void)
{
	struct timex tx = { .modes = ADJ_TICK, .tick = 0 };

	return adjtimex(&tx) == -1 && errno != EINVAL ? -1 : 0;
}

/* An error as the kernel takes it; it knows none that is larger. */
static long
error_us(int64_t ns, int64_t least_us)
{
	int64_t us = up_to_us(ns);

	if (us < least_us)
		us = least_us;
	return us < ERROR_MAX_US ? (long)us : ERROR_MAX_US;
}

/* The other bits of the status are not ours to change. */
static int
begin_claim(
    struct timex *tx, const struct clock_claim *c, const struct clock_state *st)
{
	if (st->synchronised == -1) {
		errno = ENODATA;
		return -1;
	}
	*tx = (struct timex){ .modes = CLAIM_MODES, .status = st->bits };
	tx->maxerror =
	    error_us(c->maxerror_ns, c->synchronised ? 0 : st->maxerror_us);
	tx->esterror =
	    error_us(c->esterror_ns, c->synchronised ? 0 : st->esterror_us);
	if (tx->maxerror == ERROR_MAX_US)
		tx->status |= STA_UNSYNC;
	else if (c->synchronised)
		tx->status &= ~STA_UNSYNC;
	return 0;
}

int
clock_claim(const struct clock_claim *c, const struct clock_state *st)
{
	struct timex tx;

	return begin_claim(&tx, c, st) == -1 || adjtimex(&tx) == -1 ? -1 : 0;
}

static int
add(int64_t offset_ns, const struct clock_claim *c,
    const struct clock_state *st)
{
	int64_t s = offset_ns / NS_PER_S, ns = offset_ns % NS_PER_S;
	struct timex tx;

	if (begin_claim(&tx, c, st) == -1)
		return -1;
	if (ns < 0) { /* the kernel wants 0 to 999999999 here */
		ns += NS_PER_S;
		s--;
	}
	tx.modes |= ADJ_SETOFFSET | ADJ_NANO;
	tx.time.tv_sec = s;
	tx.time.tv_usec = ns; /* nanoseconds, by ADJ_NANO */
	return adjtimex(&tx) == -1 ? -1 : 0;
}

int
clock_step(int64_t offset_ns, const struct clock_claim *c,
    const struct clock_state *st)
{
	if (add(offset_ns, c, st) == 0)
		return 0;
	log_verbose("the kernel does not add to its clock (%s): setting it, "
		    "which is less exact by about 1 us",
	    strerror(errno));
	return clock_set(offset_ns) == -1 ? -1 : 1;
}

/*
 * What the kernel has begun to work off in this second, of an earlier slew or
 * of what a daemon left in its loop, goes on whatever is asked for; only a step
 * ends it, if it is one by nothing.
 */
static int
end_slews(void)
{
	struct timex tx = { .modes = ADJ_SETOFFSET };

	return adjtimex(&tx) == -1 ? -1 : 0;
}

int
clock_slew(int64_t offset_ns)
{
	struct timex tx = { .modes = ADJ_OFFSET_SINGLESHOT };
	int64_t half_us = offset_ns < 0 ? -NS_PER_US / 2 : NS_PER_US / 2;

	if (end_slews() == -1)
		return -1;
	tx.offset = (long)((offset_ns + half_us) / NS_PER_US);
	return adjtimex(&tx) == -1 ? -1 : 0;
}
