/*
 * One correction at a time.
 *
 * The kernel keeps the lock and lets go of it when its holder ends, however
 * that happens, so none can be left behind.  The file only says whose it is.
 * Nobody but root can open it, or anybody could keep the clock from being set.
 */

#include "clock/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/now.h"
#include "base/types.h"

#define LOCK_PATH    "/run/ntpsync.lock"
#define LOCK_WAIT_NS (10 * NS_PER_S)
#define LOCK_LOOK_MS 10

static int
holder_of(int fd)
{
	char text[16];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return (int)strtol(text, NULL, 10);
}

/* The word of who has it now; a lock without a name does as well. */
static void
sign(int fd)
{
	if (ftruncate(fd, 0) == -1 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		log_verbose("%s: %s", LOCK_PATH, strerror(errno));
}

/* Tries for a while; returns 0 or the errno of the last try. */
static int
wait_for(int fd, int *holder)
{
	int64_t until_ns = now_mono_ns() + LOCK_WAIT_NS;
	bool told = false;
	int error;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		error = errno;
		*holder = holder_of(fd);
		if (error != EWOULDBLOCK || now_mono_ns() >= until_ns)
			return error;
		if (!told && *holder > 0) /* it signs at once */
			log_waiting(
			    "waiting for another ntpsync (pid %d)", *holder);
		told = told || *holder > 0;
		poll(NULL, 0, LOCK_LOOK_MS);
	}
	return 0;
}

bool
lock_take(int *lock, int *holder)
{
	int fd =
	    open(LOCK_PATH, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int error = fd == -1 ? errno : wait_for(fd, holder);

	*lock = error == 0 ? fd : -1;
	if (error == 0) {
		sign(fd);
		return true;
	}
	if (fd != -1)
		close(fd);
	if (error == EWOULDBLOCK)
		return false;
	log_verbose(
	    "%s: %s: going on without a lock", LOCK_PATH, strerror(error));
	return true;
}

void
lock_release(int lock)
{
	if (lock != -1)
		close(lock);
}
