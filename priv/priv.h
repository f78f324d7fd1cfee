#ifndef PRIV_PRIV_H
#define PRIV_PRIV_H

#include <stdbool.h>

struct ask;
struct measurement;
struct rival;
struct user;

#define PRIV_FILES 3

/* What takes some power: afterwards, and while a child measures. */
struct priv_duties {
	bool clock;                    /* to set it */
	const char *files[PRIV_FILES]; /* to write these; NULL: none */
	struct rival *rival;           /* to look for it; NULL: not */
};

/*
 * Measures with no power at all.  With no duties the process itself gives up
 * all it has, for good; otherwise it forks: the child measures, and the caller,
 * who keeps what the duties take, never touches the network or a resolver, and
 * believes nothing of what the child tells that could not be.  root becomes the
 * user.  Fills in *m, which the caller owns; false, after a message, when that
 * failed.
 */
bool
priv_measure(struct measurement *m, const struct ask *, const struct user *,
    const struct priv_duties *) __attribute__((warn_unused_result));
#endif
