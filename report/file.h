#ifndef REPORT_FILE_H
#define REPORT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

/* Where --output leads. */
struct file {
	char *path;       /* links followed; NULL: it leads to the stream */
	FILE *stream;     /* stdout or stderr, or what is being written */
	int folder;       /* in which it lies, */
	const char *name; /* under this name */
	bool special;     /* a device or a pipe: written to, not replaced */
	char temporary[NAME_MAX + 1];
};

/*
 * Finds out where path leads and, for a file, that one can be made there; "-"
 * is stdout.  False with errno.  What it holds lives as long as the program.
 */
bool
file_find(struct file *, const char *path) __attribute__((warn_unused_result));

/*
 * A stream for what is to be there; NULL with errno.  No signal interrupts the
 * process from here on, or it would leave half of it behind.
 */
FILE *file_begin(struct file *) __attribute__((warn_unused_result));

/*
 * Puts it into place at once, or if it is not good leaves all as it was.  True
 * if it is there to stay; otherwise errno says why, as far as this knows.
 */
bool file_end(struct file *, bool good) __attribute__((warn_unused_result));

/*
 * Opens what is about to be replaced, to be read; -1 unless it is a regular
 * file of our own, or root's.  No link is followed from where the path led.
 */
int file_open_old(const struct file *) __attribute__((warn_unused_result));

/*
 * A stream to add to the end of what is there, found in the same way; what
 * is a stranger's link, device or pipe is refused.  NULL with errno.
 */
FILE *file_append(const char *path) __attribute__((warn_unused_result));
#endif
