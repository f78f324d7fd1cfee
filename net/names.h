#ifndef NET_NAMES_H
#define NET_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#define FAMILIES 2

struct ask;
struct resolver;
struct server_addr;

/* The servers' names, and the addresses they led to, in order of the servers.
 */
struct names {
	const struct ask *ask;
	struct resolver *resolver; /* NULL: nothing was to be looked up */
	struct name *list;
};

/* -1 with errno. */
int names_open(struct names *, const struct ask *);

/*
 * Begins to look up the name of server i in its families; afresh, if it has
 * been before.  Not more than a few of its lookups are under way at a time.
 */
void names_look_up(struct names *, unsigned i);

/*
 * Takes in a lookup that has ended: of server *i, in family *f, which had
 * brought addresses before if *again.  False: none.
 */
bool names_take(struct names *, unsigned *i, int *f, bool *again);

/* How many lookups of server i are under way. */
unsigned names_pending(const struct names *, unsigned i);

/* Whether each family of server i that was looked up has had an answer. */
bool names_answered(const struct names *, unsigned i);

/* EAI_... of why no address was found; 0: some was. */
int names_error(const struct names *, unsigned i);

/* The next address of server i, of family f, each once; false: no more. */
bool names_next(struct names *, unsigned i, int f, struct server_addr *);

/* Readable when names_take has something; -1: never. */
int names_fd(const struct names *);

/*
 * Lookups that are stuck no longer keep others from being begun.  Returns when
 * to call it again, INT64_MAX: there is no need to.
 */
int64_t names_relieve(struct names *, int64_t now_mono_ns);

void names_close(struct names *);
#endif
