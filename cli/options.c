/*
 * The command line.
 *
 * One table holds every option: getopt_long() is fed from it, help.c prints it,
 * and it says where a value goes and what makes it a good one.
 */

#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/num.h"
#include "cli/help.h"
#include "cli/system.h"

#ifndef VERSION
#error "VERSION comes from the Makefile"
#endif

#define TIMEOUT_NS      (5 * NS_PER_S)
#define INTERVAL_NS     (2 * NS_PER_S)
#define INTERVAL_MIN_NS (1 * NS_PER_MS)
#define INTERVAL_MAX_NS (86400 * NS_PER_S)
#define STEP_OVER_NS    (500 * NS_PER_MS)
#define SOURCES_MAX     100000

#define FLAG(member)     A_FLAG, offsetof(struct settings, member), NULL
#define DURATION(member) A_DURATION, offsetof(struct settings, member), NULL
#define BY(function)     BY_FUNCTION, 0, function

static reader_fn read_limit_back, read_samples, read_min_sources, read_bind,
    read_file, read_config, read_user, read_format, read_output;

/* Options that have a long name only. */
enum {
	SET = ONLY_LONG + 1,
	STEP_OVER,
	FINISH,
	LIMIT,
	LIMIT_BACK,
	FORCE,
	SPLAY,
	MIN_SOURCES,
	ALL,
	SERVER_FILE,
	CONFIG,
	USER,
	QUIET
};

static const struct option_def defs[] = {
	{ 0, NULL, NULL, BY(NULL), "What to do (measure and print):" },
	{ 'q', "query", NULL, FLAG(query), "the default, said aloud" },
	{ 'S', "step", NULL, FLAG(policy.may_step),
	    "step the clock by the offset" },
	{ 's', "slew", NULL, FLAG(policy.may_slew),
	    "slew the clock by the offset, at the kernel's 500 ppm" },
	{ SET, "set", NULL, FLAG(set),
	    "as -s -S: slew below --step-over, else step" },
	{ STEP_OVER, "step-over", "D", DURATION(policy.step_over_ns),
	    "that threshold (500ms)" },
	{ FINISH, "finish", NULL, FLAG(policy.finish),
	    "stay until a slew is complete" },
	{ LIMIT, "limit", "D", DURATION(policy.limit_ns),
	    "refuse a correction larger than D" },
	{ LIMIT_BACK, "limit-back", "D", BY(read_limit_back),
	    "refuse a step back by more than D (0: never step back)" },
	{ FORCE, "force", NULL, FLAG(policy.force),
	    "despite a time daemon, or 30 years past the build" },
	{ 'n', "dry-run", NULL, FLAG(policy.dry_run),
	    "with -s or -S: decide and say, but touch nothing" },

	{ 0, NULL, NULL, BY(NULL), "How to measure:" },
	{ 'p', "samples", "N", BY(read_samples),
	    "requests to each address, 1 to 8 (1)" },
	{ 'i', "interval", "D", DURATION(ask.interval_ns),
	    "between requests to one address (2s)" },
	{ 't', "timeout", "D", DURATION(ask.timeout_ns),
	    "deadline of it all (5s + (samples - 1) x interval)" },
	{ 'w', "wait", "D", DURATION(ask.wait_ns),
	    "boot: try until network and servers are there" },
	{ SPLAY, "splay", "D", DURATION(splay_ns),
	    "first sleep for a time up to D, this host's own" },
	{ MIN_SOURCES, "min-sources", "N", BY(read_min_sources),
	    "votes that must agree (1)" },
	{ ALL, "all", NULL, FLAG(ask.all),
	    "wait for every server, until the deadline" },
	{ '4', "ipv4", NULL, FLAG(ipv4), "IPv4 addresses only" },
	{ '6', "ipv6", NULL, FLAG(ipv6), "IPv6 addresses only" },
	{ 'I', "bind", "ADDR|IF", BY(read_bind),
	    "send from this address or interface" },
	{ SERVER_FILE, "file", "FILE", BY(read_file),
	    "more servers, one a line; - is standard input" },
	{ CONFIG, "config", "FILE", BY(read_config),
	    "servers of another program's configuration" },
	{ USER, "user", "NAME", BY(read_user),
	    "as root: measure as this user (ntpsync or nobody)" },

	{ 0, NULL, NULL, BY(NULL), "What to print:" },
	{ 'F', "format", "FORMAT", BY(read_format), "text or json (text)" },
	{ 'j', "json", NULL, FLAG(json), "as -F json" },
	{ 'O', "output", "FILE", BY(read_output),
	    "the report goes to this file" },
	{ QUIET, "quiet", NULL, FLAG(report.quiet),
	    "print nothing on success" },
	{ 'v', "verbose", NULL, FLAG(verbose),
	    "detail of every server on stderr" },
	{ 'd', "debug", NULL, FLAG(debug), "and of every packet" },
	{ 'h', "help", NULL, FLAG(help), "print this" },
	{ 'V', "version", NULL, FLAG(version), "print the version" },
};

#define NDEFS (sizeof(defs) / sizeof(defs[0]))

/* ---- values ---- */

static bool
read_limit_back(struct settings *set, const char *value)
{
	if (num_duration(&set->policy.limit_back_ns, value))
		return true;
	log_warnx("--limit-back: \"%s\" is no duration, such as 0, 500ms or 5m",
	    value);
	return false;
}

static bool
read_samples(struct settings *set, const char *value)
{
	if (num_whole(&set->ask.samples, value, 1, SAMPLES_MAX))
		return true;
	log_warnx(
	    "--samples: \"%s\" is no number from 1 to %d", value, SAMPLES_MAX);
	return false;
}

static bool
read_min_sources(struct settings *set, const char *value)
{
	if (num_whole(&set->ask.min_sources, value, 1, SOURCES_MAX))
		return true;
	log_warnx("--min-sources: \"%s\" is no number from 1 to %d", value,
	    SOURCES_MAX);
	return false;
}

/* An address, or else the name of an interface: which may come, with --wait. */
static bool
read_bind(struct settings *set, const char *value)
{
	struct server_addr addr = { 0 };

	set->ask.bind_device[0] = '\0';
	set->ask.bind_addr.ss_family = AF_UNSPEC;
	if (addr_parse(&addr, value, 0))
		set->ask.bind_addr = addr.ss;
	else
		snprintf(set->ask.bind_device, sizeof(set->ask.bind_device),
		    "%s", value);
	set->bind = value;
	return true;
}

/* Whether there is, or may come to be, such an interface to send through. */
static bool
may_bind(const struct settings *set)
{
	const char *device = set->ask.bind_device;

	if (set->bind == NULL || set->ask.bind_addr.ss_family != AF_UNSPEC ||
	    (strcmp(set->bind, device) == 0 && *device != '\0' &&
		(set->ask.wait_ns != 0 || if_nametoindex(device) != 0)))
		return true;
	log_warnx("--bind: \"%s\" is neither an address nor an interface here",
	    set->bind);
	return false;
}

static bool
read_file(struct settings *set, const char *value)
{
	unsigned n = set->servers.n;

	if (*value == '\0')
		log_warnx("--file: the name of the file is empty");
	if (*value == '\0' || !servers_file(&set->servers, value))
		return false;
	if (set->servers.n == n)
		log_notice("%s: names no server", value);
	return true;
}

static bool
read_config(struct settings *set, const char *value)
{
	set->config = value;
	if (*value == '\0')
		log_warnx("--config: the name of the file is empty");
	return *value != '\0';
}

static bool
read_user(struct settings *set, const char *value)
{
	bool found = user_find(&set->user, value);

	set->user_name = value;
	if (!found && errno != 0)
		log_warn("--user: /etc/passwd");
	else if (!found)
		log_warnx("--user: /etc/passwd has no \"%s\"; name a user of "
			  "that file",
		    value);
	else if (set->user.uid == 0)
		log_warnx("--user: \"%s\" is root; name somebody without "
			  "power",
		    value);
	else if (set->user.gid == 0)
		log_warnx("--user: \"%s\" is of root's group; name somebody "
			  "without power",
		    value);
	else
		return true;
	return false;
}

static bool
read_format(struct settings *set, const char *value)
{
	const struct report_format *f;
	char known[64] = "";
	size_t n;

	for (f = report_formats; f->name != NULL; f++) {
		if (strcmp(f->name, value) == 0) {
			set->report.format = f;
			return true;
		}
		n = strlen(known);
		snprintf(known + n, sizeof(known) - n, " %s", f->name);
	}
	log_warnx("--format: \"%s\" is no format; there are:%s", value, known);
	return false;
}

static bool
read_output(struct settings *set, const char *value)
{
	set->report.path = value;
	if (*value == '\0')
		log_warnx("--output: the name of the file is empty");
	return *value != '\0';
}

static bool
read_duration(int64_t *ns, const struct option_def *d, const char *value)
{
	if (num_duration(ns, value) && *ns > 0)
		return true;
	log_warnx("--%s: \"%s\" is no duration above zero, such as 500ms, 2s "
		  "or 5m",
	    d->name, value);
	return false;
}

/* ---- the line ---- */

static const struct option_def *
find(int letter)
{
	const struct option_def *d;

	for (d = defs; d < defs + NDEFS; d++)
		if (d->letter == letter)
			return d;
	return NULL;
}

static bool
take(struct settings *set, const struct option_def *d, const char *value)
{
	char *member = (char *)set + d->at;

	switch (d->kind) {
	case A_FLAG:
		*(bool *)(void *)member = true;
		return true;
	case A_DURATION:
		return read_duration((int64_t *)(void *)member, d, value);
	default:
		return d->read(set, value);
	}
}

/* What getopt_long() wants, made of the table. */
static void
make_tables(char letters[2 * NDEFS + 1], struct option longs[NDEFS + 1])
{
	const struct option_def *d;

	memset(longs, 0, (NDEFS + 1) * sizeof(*longs));
	for (d = defs; d < defs + NDEFS; d++) {
		if (d->letter == 0)
			continue;
		*longs++ = (struct option){ d->name, d->value != NULL, NULL,
			d->letter };
		if (d->letter > ONLY_LONG)
			continue;
		*letters++ = (char)d->letter;
		if (d->value != NULL)
			*letters++ = ':';
	}
	*letters = '\0';
}

/* What getopt_long() found wrong, in words that no terminal takes amiss. */
static void
complain(int result, const char *word)
{
	if (result == ':')
		log_warnx("%s: needs a value", word);
	else if (optopt != 0 && find(optopt) != NULL)
		log_warnx("%s: takes no value", word);
	else if (optopt != 0)
		log_warnx("-%c: there is no such option", optopt);
	else
		log_warnx("%s: there is no such option, or several", word);
}

static bool
read_options(struct settings *set, int argc, char *argv[])
{
	struct option longs[NDEFS + 1];
	char letters[2 * NDEFS + 2] = ":"; /* tell a value that is missing */
	const struct option_def *d;
	int letter;

	opterr = 0;
	make_tables(letters + 1, longs);
	while ((letter = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if ((d = find(letter)) == NULL) {
			complain(letter, argv[optind - 1]);
			return false;
		}
		if (!take(set, d, optarg))
			return false;
	}
	return true;
}

static bool
read_servers(struct settings *set, int argc, char *argv[])
{
	int i;

	set->servers.from = "arguments";
	for (i = optind; i < argc; i++)
		if (!servers_word(&set->servers, argv[i], "command line"))
			return false;
	if (set->servers.n > 0)
		return true;
	if (set->config != NULL)
		return system_config(&set->servers, set->config);
	set->found = true;
	return system_servers(&set->servers, &set->ask.wait_ns);
}

/* Options that contradict each other. */
static bool
contradicts(const struct settings *set)
{
	bool sets = set->policy.may_step || set->policy.may_slew;
	const char *wrong = NULL;

	if (set->query && sets)
		wrong = "-q measures only; -s and -S set the clock";
	else if (set->policy.dry_run && !sets)
		wrong = "-n goes with -s or -S";
	else if (!sets && (set->policy.limit_ns != INT64_MAX ||
			      set->policy.limit_back_ns != INT64_MAX))
		wrong = "--limit and --limit-back go with -s or -S";
	else if (set->policy.finish && !set->policy.may_slew)
		wrong = "--finish goes with -s or --set";
	else if (set->ipv4 && set->ipv6)
		wrong = "-4 and -6 exclude each other";
	else if (set->json && set->report.format != NULL &&
		 strcmp(set->report.format->name, "json") != 0)
		wrong = "-j and -F exclude each other";
	else if (set->ask.interval_ns < INTERVAL_MIN_NS ||
		 set->ask.interval_ns > INTERVAL_MAX_NS)
		wrong = "-i: 1ms is the least and 1d the most";
	if (wrong != NULL)
		log_warnx("%s", wrong);
	return wrong != NULL;
}

/* What follows from the options taken together. */
static void
complete(struct settings *set)
{
	unsigned i;

	servers_tell_from(
	    &set->servers, set->servers_from, sizeof(set->servers_from));
	set->ask.servers = set->servers.list;
	set->ask.nservers = set->servers.n;
	if (set->ask.timeout_ns == 0)
		set->ask.timeout_ns =
		    TIMEOUT_NS + (set->ask.samples - 1) * set->ask.interval_ns;
	if (set->user_name == NULL && geteuid() == 0)
		user_least(&set->user);
	if (set->ask.nservers == 1)
		set->ask.servers[0].pool = true; /* a name given all alone */
	for (i = 0; i < set->ask.nservers && (set->ipv4 || set->ipv6); i++)
		set->ask.servers[i].family = set->ipv4 ? AF_INET : AF_INET6;
	if (set->report.format == NULL)
		(void)read_format(set, set->json ? "json" : "text");
}

static enum options
bad(void)
{
	log_warnx("ntpsync --help lists the options");
	return OPTIONS_BAD;
}

enum options
options_read(struct settings *set, int argc, char *argv[])
{
	*set = (struct settings){ .program = "ntpsync " VERSION };
	set->ask.samples = set->ask.min_sources = 1;
	set->ask.interval_ns = INTERVAL_NS;
	set->policy.step_over_ns = STEP_OVER_NS;
	set->policy.limit_ns = set->policy.limit_back_ns = INT64_MAX;
	if (!read_options(set, argc, argv))
		return bad();
	if (set->help)
		help_print(defs, NDEFS);
	else if (set->version)
		puts(set->program);
	if (set->help || set->version)
		return OPTIONS_DONE;
	if (set->set)
		set->policy.may_step = set->policy.may_slew = true;
	log_set(set->debug          ? LOG_DEBUG
		: set->verbose      ? LOG_VERBOSE
		: set->report.quiet ? LOG_SILENT
				    : LOG_NORMAL);
	if (contradicts(set) || !may_bind(set) ||
	    !read_servers(set, argc, argv))
		return bad();
	complete(set);
	return OPTIONS_RUN;
}
