/*
 * Where no sandbox is known: another user is all.
 */

#include "priv/sandbox.h"

#include <unistd.h>

#include "base/log.h"
#include "priv/become.h"

#define INHERITED_MAX 1024 /* descriptors that a shell may have left open */

bool
sandbox_enter(const struct user *u, bool names)
{
	(void)names;
	log_verbose("there is no sandbox on this system: what was started as "
		    "root becomes another user, and that is all");
	return become(u);
}

bool
sandbox_detach(unsigned first, pid_t parent)
{
	unsigned fd;

	(void)parent;
	for (fd = first; fd < INHERITED_MAX; fd++)
		close((int)fd);
	return true;
}

bool
sandbox_keep(unsigned powers)
{
	(void)powers;
	return true;
}
