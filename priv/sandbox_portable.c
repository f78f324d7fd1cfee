/*
 * Where no sandbox is known: another user is all.
 */

#include "priv/sandbox.h"

#include <unistd.h>

#include "base/log.h"
#include "priv/become.h"

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
	(void)first;
	(void)parent;
	return true;
}

bool
sandbox_keep(unsigned powers)
{
	(void)powers;
	return true;
}
