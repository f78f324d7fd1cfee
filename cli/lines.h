#ifndef CLI_LINES_H
#define CLI_LINES_H

#include <stdbool.h>
#include <stdio.h>

#define LINES_MAX 1024

/* A text file that is read line by line, with bounded memory. */
struct lines {
	FILE *f;
	const char *name; /* for messages */
	unsigned number;  /* of the line in text, from 1 */
	char text[LINES_MAX + 1];
};

/* "-" is stdin.  False after a message; lines_close is allowed either way. */
bool lines_open(struct lines *, const char *path)
    __attribute__((warn_unused_result));

/*
 * Reads the next line, without its end.  False at the end of the file, and then
 * *good says whether that was reached without a fault; a message told of it.
 */
bool lines_next(struct lines *, bool *good) __attribute__((warn_unused_result));

void lines_close(struct lines *);
#endif
