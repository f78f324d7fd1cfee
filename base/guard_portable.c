/*
 * Power over the clock, where nothing tells of it.
 */

#include "base/guard.h"

#include "base/types.h"

void
guard_find(struct rival *rival, const char *name)
{
	(void)name;
	*rival = (struct rival){ 0 };
}

bool
guard_entitled(void)
{
	return true;
}
