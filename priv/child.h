#ifndef PRIV_CHILD_H
#define PRIV_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "priv/message.h"

#define CHILD_LINE_SIZE 640 /* longer lines are cut in pieces */

/* The measuring process, as its parent knows it. */
struct child {
	pid_t pid;
	int message_fd, log_fd; /* we read from these */
	uint64_t max;           /* its message is not longer, */
	uint64_t told_max;      /* nor are its words, in bytes */

	bool ended;             /* its message has, by itself */
	struct message message; /* so far; its bytes are the caller's to free */
	size_t room;
	uint64_t told; /* so far */
	size_t nline;  /* of a line that has not ended */
	char line[CHILD_LINE_SIZE];
};

/*
 * Hears the child out: takes in its message, and passes on what it has to tell,
 * to the message's end.  False, after a message: it was not done by then
 * (monotonic), or told too much.
 */
bool child_attend(struct child *, int64_t until_ns)
    __attribute__((warn_unused_result));

/* Ends the child if it has not ended, and tells of one that fell. */
void child_bury(struct child *);
#endif
