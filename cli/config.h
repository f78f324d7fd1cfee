#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/lines.h"
#include "cli/servers.h"

struct form;

/* A file that was there, so that it is read once. */
struct config_file {
	char *path;
	const char *wrong; /* why it was not read, NULL: it was */
	const struct form *form;
	dev_t dev;
	ino_t ino;
};

/*
 * What other programs' files have named so far.  Begins with 0, but for
 * telling; what it points to lives as long as the program.
 */
struct config {
	enum lines_telling telling;
	struct servers servers, fallback;
	struct config_file *files;
	unsigned nfiles;
	unsigned depth; /* of includes */
};

/*
 * Reads all files of a form that this system has, as its program would, and
 * what they include.  Faults are passed over.  What was named before stays.
 */
void config_form(struct config *, const struct form *);

/* Reads one file, and what it includes; false at the first fault. */
bool config_read(struct config *, const struct form *, const char *path)
    __attribute__((warn_unused_result));
#endif
