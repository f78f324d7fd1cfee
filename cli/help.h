#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stddef.h>

#include "cli/settings.h"

#define ONLY_LONG 256 /* letters of options without one begin behind this */

/* One row of the table of options. */
struct option_def {
	int letter; /* 0: a heading of --help */
	const char *name;
	const char *value; /* how --help calls it, NULL: it takes none */
	enum { A_FLAG, A_DURATION, BY_FUNCTION } kind;
	size_t at; /* offset in struct settings of the bool or int64_t */
	reader_fn *read;
	const char *help;
};

/* Prints the table, and what the exit statuses mean, to stdout. */
void help_print(const struct option_def *defs, size_t n);
#endif
