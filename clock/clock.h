#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The kernel's clock: the only functions of the program that set it, one file
 * for each kind of system.  Offsets are true time minus local time.  All return
 * 0, or -1 with errno.
 */

/* What the kernel tells of it. */
struct clock_state {
	int synchronised;   /* -1: it does not say */
	int64_t pending_ns; /* what earlier slews have still to go */
	int64_t rate_ppb;   /* by how much it corrects the rate, for good */
	int bits;           /* all that it calls its status */
	int64_t maxerror_us;
};

/* What is said of it to the kernel, and by the kernel to everybody who asks. */
struct clock_claim {
	bool synchronised; /* false: that is left as it is */
	int64_t maxerror_ns, esterror_ns;
};

int clock_read(struct clock_state *);

/* Whether we may set it, found out by trying something that has no effect. */
int clock_may_set(void);

/*
 * Adds the offset at once, ends all slews, and makes the claim, all in the
 * first call where the state was told: whoever sets the clock between two calls
 * would not be noticed.
 */
int clock_step(
    int64_t offset_ns, const struct clock_claim *, const struct clock_state *);

/* Lets the kernel work the offset off at its own rate instead of any other. */
int clock_slew(int64_t offset_ns);

/* One that is not synchronised never makes the error less than it was. */
int clock_claim(const struct clock_claim *, const struct clock_state *);

/*
 * Adds the offset by setting the clock to what it shows and that, where the
 * kernel cannot add: less exact by the time between the two.
 */
int clock_set(int64_t offset_ns);
#endif
