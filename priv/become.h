#ifndef PRIV_BECOME_H
#define PRIV_BECOME_H

#include <stdbool.h>

struct user;

/*
 * Root becomes somebody else, for good, and belongs to no other group;
 * everybody else stays who he is.  Where root may not (a container without
 * CAP_SETUID, a namespace that knows no other user) it stays root, and -v says
 * so.  False, after a message: it should have been possible.
 */
bool become(const struct user *) __attribute__((warn_unused_result));
#endif
