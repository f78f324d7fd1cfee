#ifndef NET_ROSTER_H
#define NET_ROSTER_H

#include <stdbool.h>

#include "net/names.h"

#define ADDRESSES_MAX 64   /* of one name: a name server may lie without end, */
#define ANSWERS_MAX   1000 /* but so often it may tell one more, the true one */

struct ask;
struct member;
struct measurement;
struct source;

/*
 * Which addresses are asked, and who has a vote.  Sources come into the
 * measurement as names turn into addresses; the measurement owns them.
 */
struct roster {
	struct measurement *m;
	const struct ask *ask;
	struct names names;
	struct member *members; /* one for each server_spec */
	void *known; /* tree of the addresses that are asked; ends with us */
	struct source *fresh; /* have joined and were not asked yet */
	struct source **fresh_end;
};

/*
 * Whether a source is only measured and shown: its server has no vote (it is
 * noselect, or would have to be authenticated), and the one whose vote this is,
 * since it has the same address, has none either.
 */
bool roster_only_shows(const struct ask *, unsigned spec, unsigned vote);

/*
 * Gives every server its row, and the numeric ones their address; begins to
 * look up the rest.  Returns -1 with errno.
 */
int roster_open(struct roster *, struct measurement *, const struct ask *);

enum roster_look {
	LOOK_IDLE,    /* for names without an address and without a lookup, */
	LOOK_UNKNOWN, /* for all without an address, */
	LOOK_MOVED    /* for those too that may lead elsewhere by now */
};

/*
 * Under --wait: asks the name server afresh, for names that have brought no
 * sample yet.
 */
void roster_look_again(struct roster *, enum roster_look);

/*
 * Takes in the names that have been looked up since; -1 with errno.  To be
 * called when names_fd is readable.
 */
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

/* Puts the sources in the order of the servers they belong to, and lets go. */
void roster_close(struct roster *);
#endif
