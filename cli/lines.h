#ifndef CLI_LINES_H
#define CLI_LINES_H

#include <stdbool.h>
#include <stdio.h>

#define LINES_MAX 4096

enum lines_kind {
	LINES_ANY,   /* what the user named: a pipe too, and "-" is stdin */
	LINES_CONFIG /* a regular file, or /dev/null for one that is masked */
};

/* Who hears of faults. */
enum lines_telling {
	LINES_TELL,    /* everybody: the user named the file */
	LINES_MENTION, /* who said -v: nobody asked for the file */
	LINES_HUSH     /* nobody: it is only tried */
};

/* A text file that is read line by line, with bounded memory. */
struct lines {
	FILE *f;
	const char *name; /* for messages */
	unsigned number;  /* of the line in text, from 1 */
	unsigned further; /* lines that were joined to it */
	bool joins; /* a \ at the end of a line joins the next one to it, */
	const char *but; /* unless it begins so: that one is skipped */
	enum lines_telling telling;
	char text[LINES_MAX + 1];
};

/*
 * The caller has set joins, but and telling, and the rest to 0.  NULL, or why
 * it cannot be read, with errno; lines_close is allowed either way.
 */
const char *lines_open(struct lines *, const char *path, enum lines_kind)
    __attribute__((warn_unused_result));

/*
 * Reads the next line, without its end.  False at the end of the file, and then
 * *good says whether that was reached without a fault; a message told of it.
 */
bool lines_next(struct lines *, bool *good) __attribute__((warn_unused_result));

/* Tells of the line in text: "name:number: what".  Returns false. */
bool lines_fault(const struct lines *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Tells of it under -v: it is no fault. */
void lines_note(const struct lines *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

void lines_close(struct lines *);
#endif
