#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/types.h"

/*
 * The kernel's clock: the only functions of the program that set it, one file
 * for each kind of system.  Offsets are true time minus local time.  All return
 * 0, or -1 with errno.
 */

/* What the kernel tells of it. */
struct clock_state {
	int synchronised;   /* -1: it does not say */
	int64_t pending_ns; /* what earlier slews have still to go */
	double rate;        /* by which it corrects the clock's, for good */
	int bits;           /* all that it calls its status */
	int64_t maxerror_us, esterror_us;
};

#define CLOCK_ERROR_MAX_NS (16 * NS_PER_S) /* more is not synchronised */

/*
 * What is said of it to the kernel, and by the kernel to everybody who asks.
 * From CLOCK_ERROR_MAX_NS on that is that it is wrong.
 */
struct clock_claim {
	bool synchronised; /* false: that is left as it is */
	int64_t maxerror_ns, esterror_ns;
};

int clock_read(struct clock_state *);

/* Whether we may set it, found out by trying something that has no effect. */
int clock_may_set(void);

/*
 * Adds the offset at once and ends all slews.  In the same call it makes the
 * claim, and in the first one, lest somebody set the clock between two. Returns
 * 1 when it had to do without, and the claim is still to be made.
 */
int clock_step(
    int64_t offset_ns, const struct clock_claim *, const struct clock_state *);

/*
 * Lets the kernel work the offset off at its own rate, instead of whatever else
 * it was at.  It forgets that it is synchronised, so a claim must follow.
 */
int clock_slew(int64_t offset_ns);

/* One that is not synchronised never makes an error less than it was. */
int clock_claim(const struct clock_claim *, const struct clock_state *);

/*
 * Adds the offset by setting the clock to what it shows and that, where the
 * kernel cannot add: less exact by the time between the two.
 */
int clock_set(int64_t offset_ns);
#endif
