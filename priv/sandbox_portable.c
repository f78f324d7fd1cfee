/*
 * Where no sandbox is known: another user is all.
 */

#include "priv/sandbox.h"

#include <unistd.h>

#include "base/log.h"
#include "priv/become.h"

#define INHERITED_MAX 1024 /* descriptors that a shell may have left open */

static void
close_all(void)
{
	int fd;

	for (fd = SANDBOX_FDS; fd < INHERITED_MAX; fd++)
		close(fd);
}

bool
sandbox_enter(const struct user *u, bool names, pid_t parent)
{
	(void)names;
	if (parent != 0)
		close_all();
	log_verbose("there is no sandbox on this system: what was started as "
		    "root becomes another user, and that is all");
	return become(u);
}

bool
sandbox_keep(unsigned powers)
{
	(void)powers;
	return true;
}
