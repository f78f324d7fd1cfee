/*
 * To be somebody else, and to look whether that is so.
 */

#include "priv/become.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/user.h"

/* In this order: who has no power left can give up nothing more. */
static bool
change(const struct user *u)
{
	return setgroups(0, NULL) == 0 && setgid(u->gid) == 0 &&
	       setuid(u->uid) == 0;
}

/* No way back; and no other group, of which on BSD the own is one. */
static bool
has_changed(const struct user *u)
{
	gid_t group = u->gid;
	int n = getgroups(1, &group);

	return (n == 0 || (n == 1 && group == u->gid)) && getuid() == u->uid &&
	       geteuid() == u->uid && getgid() == u->gid &&
	       getegid() == u->gid && setuid(0) == -1 && setgid(0) == -1;
}

bool
become(const struct user *u)
{
	if (geteuid() != 0)
		return true;
	if (change(u)) {
		if (has_changed(u)) {
			log_verbose("measuring as user %u", u->uid);
			return true;
		}
		log_warnx("root could not be given up: the kernel says that "
			  "it was, and it was not");
		return false;
	}
	if (errno == EPERM || errno == EINVAL) {
		log_verbose("cannot become user %u (%s): staying root, without "
			    "its power",
		    u->uid, strerror(errno));
		return true;
	}
	log_warn("becoming user %u", u->uid);
	return false;
}
