#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>

struct rival;

/*
 * Power over the clock, as the system tells of it: who else has it, and whether
 * we do.  One file for each kind of system.
 */

/*
 * Looks for a time daemon that has the right to set the clock, the one of that
 * name or, with NULL, any; pid 0: there is none to be seen.
 */
void guard_find(struct rival *, const char *name);

/* Whether this process has that right, as far as it can know. */
bool guard_entitled(void);
#endif
