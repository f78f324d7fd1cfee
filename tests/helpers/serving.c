/*
 * What the servers of the tests have in common: their time, and their end.
 */
#include "tests/helpers/serving.h"

#include <err.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

#define JAN_1970 UINT64_C(2208988800) /* in seconds since 1900 */

uint64_t
serving_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return ((uint64_t)t.tv_sec + JAN_1970) << 32 |
	       ((uint64_t)t.tv_nsec << 32) / 1000000000;
}

/* Shells start background jobs with SIGINT ignored. */
void
serving_begin(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1)
		err(1, "prctl");
}
