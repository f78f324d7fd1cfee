/*
 * From a decision to the clock.
 */

#include "clock/apply.h"

#include <errno.h>

#include "base/types.h"
#include "clock/clock.h"

int
clock_apply(const struct clock_action *a)
{
	int result = 0;

	if (a->kind == CLOCK_STEP)
		result = clock_step(a->offset_ns);
	else if (a->kind == CLOCK_SLEW)
		result = clock_slew(a->offset_ns);
	return result == -1 ? errno : 0;
}
