#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/types.h"
#include "base/user.h"
#include "cli/servers.h"
#include "report/report.h"

/* Everything the command line asked for, in the shape that each part wants. */
struct settings {
	struct ask ask;
	struct policy policy;
	struct report_to report;
	struct user user;    /* whom the measuring half becomes */
	const char *program; /* name and version */
	char servers_from[512];
	int64_t splay_ns; /* to sleep before all else, up to so long */
	bool found;       /* nobody named a server: the list was found */

	/* while it is read */
	struct servers servers;
	const char *bind;
	const char *config;    /* whose servers, if no other is named */
	const char *user_name; /* NULL: none was named */
	bool query, set, ipv4, ipv6, json, verbose, debug, help, version;
};

enum options { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };

/*
 * Reads the command line.  OPTIONS_DONE: help or the version was printed, and
 * nothing is left to do.  OPTIONS_BAD: a message told why.  What *set points to
 * lives as long as the program.
 */
enum options options_read(struct settings *set, int argc, char *argv[])
    __attribute__((warn_unused_result));
#endif
