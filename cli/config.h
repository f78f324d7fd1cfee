#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/lines.h"
#include "cli/servers.h"

struct form;
struct place;

/* A file that was there, so that it is read once. */
struct config_file {
	char *path;
	const char *wrong; /* why it was not read, NULL: it was */
	const struct form *form;
	const struct place *place; /* NULL: not searched for */
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
	const struct place *place; /* where it is searched now */
	unsigned depth;            /* of includes */
	bool full;                 /* of too many servers, or files */
	bool unsure; /* not all of the administrator's own was read */
};

/* Whether a file came by DHCP: nothing below /run is the administrator's. */
bool config_is_brought(const char *path);

/*
 * Reads the files of a place that this system has, as their program would, and
 * what they include.
 */
void config_place(struct config *, const struct place *);

/*
 * Reads one file, and what it includes.  False at the first fault, unless it is
 * only mentioned.
 */
bool config_read(struct config *, const struct form *, const char *path)
    __attribute__((warn_unused_result));

/* If no server is named, the fallback is; then there is none any more. */
void config_fall_back(struct config *);
#endif
