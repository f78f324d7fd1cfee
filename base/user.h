#ifndef BASE_USER_H
#define BASE_USER_H

#include <stdbool.h>
#include <sys/types.h>

/* Whom the measuring process becomes where it was started by root. */
struct user {
	uid_t uid;
	gid_t gid;
};

/*
 * By name, out of /etc/passwd alone: a directory service would have to be asked
 * over the network, with power, and at boot may never answer.  False, and *u
 * untouched: it is not there (errno is 0), or the file cannot be read.
 */
bool
user_find(struct user *u, const char *name) __attribute__((warn_unused_result));

/* Who owns the least here: ntpsync, else nobody, else the number 65534. */
void user_least(struct user *u);
#endif
