#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

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
	int bad;          /* the exit status if the line is none */

	/* while it is read */
	struct servers servers;
	const char *bind;
	const char *config;    /* whose servers, if no other is named */
	const char *user_name; /* NULL: none was named */
	bool formatted;        /* a format was named */
	bool warned, crited;   /* these were said */
	bool query, set, ipv4, ipv6, verbose, debug, help, version;
};

/* What holds where nothing else is said. */
void settings_begin(struct settings *);

/* What follows from all that was said, once the servers are known. */
void settings_complete(struct settings *);

typedef bool reader_fn(struct settings *, const char *value);

/*
 * Values of options, each into its place.  False, after a message with the
 * option and the value, if it is none.
 */
reader_fn settings_limit_back, settings_samples, settings_min_sources,
    settings_bind, settings_file, settings_config, settings_user,
    settings_format, settings_json, settings_output, settings_warn,
    settings_crit;

/* The same for any duration above zero. */
bool settings_duration(int64_t *ns, const char *option, const char *value)
    __attribute__((warn_unused_result));

/* Whether there is, or may come to be, what --bind names. */
bool
settings_may_bind(const struct settings *) __attribute__((warn_unused_result));
#endif
