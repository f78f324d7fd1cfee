#ifndef CLOCK_LOCK_H
#define CLOCK_LOCK_H

#include <stdbool.h>

/*
 * Waits, 10 s at most, until no other ntpsync corrects the clock; from then on
 * this one does, until it lets go of *lock, or ends.  False: *holder is the pid
 * of the other one, 0 if it does not say.  Where there can be no such lock (no
 * /run, or no right to write there) it goes on without: *lock is -1.
 */
bool lock_take(int *lock, int *holder);

void lock_release(int lock);
#endif
