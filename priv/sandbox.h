#ifndef PRIV_SANDBOX_H
#define PRIV_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

struct user;

/*
 * What a process may still do: one file for each kind of system.  What the
 * system does not know is left out, and -v says so.  All of it is for good.
 */

enum sandbox_powers {
	POWER_CLOCK = 1 << 0, /* to set it */
	POWER_FILES = 1 << 1, /* to write where root needs to be let */
	POWER_CHILD = 1 << 2, /* to end one that is somebody else */
	POWER_LOOK = 1 << 3   /* to see what others run, and where */
};

#define SANDBOX_FDS 4 /* a child has its standard streams, and one more */

/*
 * Before the first packet: becomes the user, and from then on may talk to the
 * network and do little else.  names: files are read that a lookup needs.
 * parent, if not 0: we are its child, have no further descriptors, can write to
 * no file that is open, end when it does, and make no system call that has
 * nothing to do with all this.  False, after a message:
 * something was not given up that should have been.
 */
bool sandbox_enter(const struct user *, bool names, pid_t parent)
    __attribute__((warn_unused_result));

/* Keeps of all powers that are held no more than these. */
bool sandbox_keep(unsigned powers) __attribute__((warn_unused_result));
#endif
