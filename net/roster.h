#ifndef NET_ROSTER_H
#define NET_ROSTER_H

#include <stdbool.h>

struct ask;
struct measurement;
struct name;
struct resolver;
struct source;

/*
 * Which addresses are asked, and who has a vote.  Sources come into the
 * measurement as names turn into addresses; the measurement owns them.
 */
struct roster {
	struct measurement *m;
	const struct ask *ask;
	struct name *names;        /* one for each server_spec */
	struct resolver *resolver; /* NULL: every server is an address */
	void *known; /* tree of the addresses that are asked; ends with us */
	struct source *fresh; /* have joined and were not asked yet */
	struct source **fresh_end;
};

/*
 * Gives every server its row, and the numeric ones their address; begins to
 * look up the rest.  Returns -1 with errno.
 */
int roster_open(struct roster *, struct measurement *, const struct ask *);

/* Takes in the names that have been looked up since; -1 with errno. */
int roster_update(struct roster *);

/* The next source to be asked for the first time, in order; NULL: none. */
struct source *roster_fresh(struct roster *);

/* It could not be asked: it is the next again. */
void roster_put_back(struct roster *, struct source *);

/*
 * src has failed, or is silent: if too little of its name is left to hope for,
 * the name's next address joins.  -1 with errno.
 */
int roster_replace(struct roster *, const struct source *);

/* Readable when roster_update has something to do; -1: never. */
int roster_fd(const struct roster *);

/* Puts the sources in the order of the servers they belong to, and lets go. */
void roster_close(struct roster *);
#endif
