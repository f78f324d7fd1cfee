#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>

struct rival;

/*
 * Power over the clock, as the system tells of it: who else has it, and whether
 * we do.  One file for each kind of system.
 */

#define GUARD_MAX 16

/*
 * Looks for time daemons that have the right to set the clock, max of them at
 * the most.  Returns how many there are to be seen.
 */
unsigned guard_find(struct rival *list, unsigned max);

/* Whether this process has that right, as far as it can know. */
bool guard_entitled(void);
#endif
