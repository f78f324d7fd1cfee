/*
 * The command line.
 *
 * One table holds every option: getopt_long() is fed from it, help.c prints it,
 * and it says where a value goes and what makes it a good one.
 */

#include "cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/help.h"
#include "cli/persona.h"
#include "cli/system.h"

#define INTERVAL_MIN_NS (1 * NS_PER_MS)
#define INTERVAL_MAX_NS (86400 * NS_PER_S)

#define FLAG(member)     A_FLAG, offsetof(struct settings, member), NULL
#define DURATION(member) A_DURATION, offsetof(struct settings, member), NULL
#define BY(function)     BY_FUNCTION, 0, function

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
	QUIET,
	SYSLOG
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
	{ LIMIT_BACK, "limit-back", "D", BY(settings_limit_back),
	    "refuse a step back by more than D (0: never step back)" },
	{ FORCE, "force", NULL, FLAG(policy.force),
	    "despite a time daemon, or 30 years past the build" },
	{ 'n', "dry-run", NULL, FLAG(policy.dry_run),
	    "with -s or -S: decide and say, but touch nothing" },

	{ 0, NULL, NULL, BY(NULL), "How to measure:" },
	{ 'p', "samples", "N", BY(settings_samples),
	    "requests to each address, 1 to 8 (1)" },
	{ 'i', "interval", "D", DURATION(ask.interval_ns),
	    "between requests to one address (2s)" },
	{ 't', "timeout", "D", DURATION(ask.timeout_ns),
	    "deadline of it all (5s + (samples - 1) x interval)" },
	{ 'w', "wait", "D", DURATION(ask.wait_ns),
	    "boot: try until network and servers are there" },
	{ SPLAY, "splay", "D", DURATION(splay_ns),
	    "first sleep for a time up to D, this host's own" },
	{ MIN_SOURCES, "min-sources", "N", BY(settings_min_sources),
	    "votes that must agree (1)" },
	{ ALL, "all", NULL, FLAG(ask.all),
	    "wait for every server, until the deadline" },
	{ '4', "ipv4", NULL, FLAG(ipv4), "IPv4 addresses only" },
	{ '6', "ipv6", NULL, FLAG(ipv6), "IPv6 addresses only" },
	{ 'I', "bind", "ADDR|IF", BY(settings_bind),
	    "send from this address or interface" },
	{ SERVER_FILE, "file", "FILE", BY(settings_file),
	    "more servers, one a line; - is standard input" },
	{ CONFIG, "config", "FILE", BY(settings_config),
	    "servers of another program's configuration" },
	{ USER, "user", "NAME", BY(settings_user),
	    "as root: measure as this user (ntpsync or nobody)" },

	{ 0, NULL, NULL, BY(NULL), "What to print:" },
	{ 'F', "format", "FORMAT", BY(settings_format),
	    "text, json, chart, prometheus or nagios (text)" },
	{ 'j', "json", NULL, BY(settings_json), "as -F json" },
	{ 'O', "output", "FILE", BY(settings_output),
	    "the report goes to this file" },
	{ 'W', "warn", "RANGE", BY(settings_warn),
	    "-F nagios: WARNING for an offset out of it (60s)" },
	{ 'C', "crit", "RANGE", BY(settings_crit),
	    "CRITICAL (120s); a RANGE is 1s, 1s:, 1s:2s, @1s:2s" },
	{ QUIET, "quiet", NULL, FLAG(report.quiet),
	    "print nothing on success" },
	{ SYSLOG, "syslog", NULL, FLAG(report.syslog),
	    "one line to the system's log as well" },
	{ 'v', "verbose", NULL, FLAG(verbose),
	    "detail of every server on stderr" },
	{ 'd', "debug", NULL, FLAG(debug), "and of every packet" },
	{ 'h', "help", NULL, FLAG(help), "print this" },
	{ 'V', "version", NULL, FLAG(version), "print the version" },
};

#define NDEFS (sizeof(defs) / sizeof(defs[0]))

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
		return settings_duration(
		    (int64_t *)(void *)member, d->name, value);
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
		log_warnx("%s: there is no such option", word);
	log_warnx("ntpsync --help lists the options");
}

/* An option must be said in full: a shortened one may mean another one day. */
static bool
is_whole(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, n) == 0 &&
	       (word[2 + n] == '\0' || word[2 + n] == '=');
}

/* One of the line; where is -1 for those by letter. */
static bool
read_option(struct settings *set, int letter, int where, char *argv[])
{
	const struct option_def *d = find(letter);
	const char *word = argv[optind - 1];

	if (d == NULL) {
		complain(letter, word);
		return false;
	}
	if (d->value != NULL && optarg == word)
		word = argv[optind - 2];
	if (where == -1 || is_whole(word, d->name))
		return take(set, d, optarg);
	log_warnx(
	    "%s: there is no such option; --%s may be meant", word, d->name);
	return false;
}

/* After the first fault only a format counts: it has its own way to fail. */
static bool
read_options(struct settings *set, int argc, char *argv[])
{
	struct option longs[NDEFS + 1];
	char letters[2 * NDEFS + 2] = ":"; /* tell a value that is missing */
	int letter, where = -1;
	bool good = true;

	opterr = 0;
	make_tables(letters + 1, longs);
	while (
	    (letter = getopt_long(argc, argv, letters, longs, &where)) != -1) {
		if ((good || letter == 'F' || letter == 'j') &&
		    !read_option(set, letter, where, argv))
			good = false;
		where = -1;
	}
	return good;
}

static bool
read_servers(struct settings *set, int argc, char *argv[])
{
	int i;

	set->servers.from = "arguments"; /* and no list file any more */
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

static bool
is_plain(const struct range *r)
{
	return !r->inside && r->start_ns == 0 && r->end_ns != INT64_MAX;
}

/* What contradicts in thresholds and the plugin that has them, or NULL. */
static const char *
plugin_contradiction(const struct settings *set, bool sets)
{
	const struct range *warn = &set->report.warn, *crit = &set->report.crit;

	if (set->report.format->status != nagios_status)
		return set->warned || set->crited
			   ? "-W and -C go with -F nagios"
			   : NULL;
	if (sets)
		return "-F nagios measures only; -s, -S and --set set the "
		       "clock";
	if (set->ask.wait_ns != 0)
		return "-w is --wait; with -F nagios the threshold is -W";
	if (set->warned && is_plain(warn) && is_plain(crit) &&
	    warn->end_ns > crit->end_ns)
		return set->crited ? "-W is above -C"
				   : "-W is above -C, which is 120s unless it "
				     "is said";
	return NULL;
}

/* Options that contradict each other: what is wrong, or NULL. */
static const char *
contradiction(const struct settings *set)
{
	bool sets = set->policy.may_step || set->policy.may_slew;

	if (set->query && sets)
		return "-q measures only; -s, -S and --set set the clock";
	if (set->policy.dry_run && !sets)
		return "-n goes with -s, -S or --set";
	if (!sets && (set->policy.limit_ns != INT64_MAX ||
			 set->policy.limit_back_ns != INT64_MAX))
		return "--limit and --limit-back go with -s, -S or --set";
	if (set->policy.finish && !set->policy.may_slew)
		return "--finish goes with -s or --set";
	if (set->report.quiet && set->report.format->print == prometheus_print)
		return "--quiet would leave the last failure to Prometheus";
	if (set->ipv4 && set->ipv6)
		return "-4 and -6 exclude each other";
	if (set->ask.interval_ns < INTERVAL_MIN_NS ||
	    set->ask.interval_ns > INTERVAL_MAX_NS)
		return "-i: 1ms is the least and 1d the most";
	return plugin_contradiction(set, sets);
}

static enum options
read_own(struct settings *set, int argc, char *argv[])
{
	const char *wrong;

	if (!read_options(set, argc, argv))
		return OPTIONS_BAD;
	if (set->help)
		help_print(defs, NDEFS);
	else if (set->version)
		puts(set->program);
	if (set->help || set->version)
		return OPTIONS_DONE;
	if (set->set)
		set->policy.may_step = set->policy.may_slew = true;
	log_set(set->debug          ? LEVEL_DEBUG
		: set->verbose      ? LEVEL_VERBOSE
		: set->report.quiet ? LEVEL_SILENT
				    : LEVEL_NORMAL);
	if ((wrong = contradiction(set)) != NULL) {
		log_warnx("%s", wrong);
		return OPTIONS_BAD;
	}
	if (!settings_may_bind(set) || !read_servers(set, argc, argv))
		return OPTIONS_BAD;
	settings_complete(set);
	return OPTIONS_RUN;
}

enum options
options_read(struct settings *set, int argc, char *argv[])
{
	persona_fn *read = persona_find(argc > 0 ? argv[0] : NULL);

	settings_begin(set);
	return (read != NULL ? read : read_own)(set, argc, argv);
}
