/*
 * The command line of sntp.
 *
 * It prints what the servers say; -S steps the clock, -s slews it, and with
 * both what is beyond --steplimit is stepped.
 */

#include <getopt.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "cli/persona.h"
#include "cli/settings.h"
#include "report/persona.h"

#define NO_HOST     64         /* EX_USAGE of sysexits.h */
#define TIMEOUT_MAX 86400      /* seconds */
#define LIMIT_MAX   1000000000 /* milliseconds */
#define DEBUG_MAX   100

enum { WAIT = 256 };

static const struct option longs[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "authentication", required_argument, NULL, 'a' },
	{ "broadcast", required_argument, NULL, 'b' },
	{ "concurrent", required_argument, NULL, 'c' },
	{ "debug-level", no_argument, NULL, 'd' },
	{ "set-debug-level", required_argument, NULL, 'D' },
	{ "gap", required_argument, NULL, 'g' },
	{ "kod", required_argument, NULL, 'K' },
	{ "keyfile", required_argument, NULL, 'k' },
	{ "logfile", required_argument, NULL, 'l' },
	{ "steplimit", required_argument, NULL, 'M' },
	{ "ntpversion", required_argument, NULL, 'o' },
	{ "usereservedport", no_argument, NULL, 'r' },
	{ "step", no_argument, NULL, 'S' },
	{ "slew", no_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 't' },
	{ "wait", no_argument, NULL, WAIT },
	{ "version", optional_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "more-help", no_argument, NULL, 'h' },
	{ "save-opts", optional_argument, NULL, '>' },
	{ "load-opts", required_argument, NULL, '<' },
	{ NULL, 0, NULL, 0 },
};

/* What was said, before it is known what it means together. */
struct said {
	bool key, help, tell_version, wait;
	unsigned debug, limit_ms, version, timeout_s;
};

static void
help(void)
{
	puts(
	    "sntp - the lines of sntp, by ntpsync\n"
	    "usage: sntp [option ...] [host ...]\n\n"
	    "  -4, --ipv4                 IPv4 addresses only\n"
	    "  -6, --ipv6                 IPv6 addresses only\n"
	    "  -c, --concurrent HOST      another host\n"
	    "  -d, --debug-level          detail on stderr; -dd: every packet\n"
	    "  -D, --set-debug-level N    the same N times\n"
	    "  -l, --logfile FILE         a copy of all lines goes there\n"
	    "  -M, --steplimit MS         with -s -S: step beyond this (0)\n"
	    "  -o, --ntpversion N         3 or 4 (4)\n"
	    "  -S, --step                 step the clock\n"
	    "  -s, --slew                 slew the clock\n"
	    "  -t, --timeout S            deadline of it all (5)\n"
	    "      --wait                 a line for every server\n"
	    "  -h, --help                 print this\n"
	    "  -v, --version              print the version\n\n"
	    "Accepted, and of no effect: -b (broadcasts are not listened to),\n"
	    "-g (there are no bursts), -K (there is no KoD file), -k without\n"
	    "-a, -r (no port below 1024 is ever used), --save-opts and\n"
	    "--load-opts.  -a is refused: this version cannot authenticate.\n\n"
	    "man sntp tells where this differs from sntp itself.");
}

static bool
read_number(unsigned *n, const char *option, const char *value, unsigned min,
    unsigned max)
{
	if (num_whole(n, value, min, max))
		return true;
	log_warnx("--%s: \"%s\" is no whole number from %u to %u", option,
	    value, min, max);
	return false;
}

/* Those with a value; what has no effect takes any. */
static bool
read_value(
    struct settings *set, struct said *said, int letter, const char *value)
{
	switch (letter) {
	case 'a':
		said->key = true;
		return true;
	case 'c':
		return persona_host(set, value);
	case 'D':
		return read_number(
		    &said->debug, "set-debug-level", value, 0, DEBUG_MAX);
	case 'l':
		set->report.persona.log = value;
		return true;
	case 'M':
		return read_number(
		    &said->limit_ms, "steplimit", value, 0, LIMIT_MAX);
	case 'o':
		return read_number(&said->version, "ntpversion", value, 3, 4);
	case 't':
		return read_number(
		    &said->timeout_s, "timeout", value, 1, TIMEOUT_MAX);
	default:
		return true;
	}
}

static bool
read_option(
    struct settings *set, struct said *said, int letter, const char *value)
{
	switch (letter) {
	case '4':
		set->ipv4 = true;
		return true;
	case '6':
		set->ipv6 = true;
		return true;
	case 'd':
		said->debug++;
		return true;
	case 'S':
		set->policy.may_step = true;
		return true;
	case 's':
		set->policy.may_slew = true;
		return true;
	case 'h':
		said->help = true;
		return true;
	case 'v':
		said->tell_version = true;
		return true;
	case WAIT:
		said->wait = true;
		return true;
	case 'r': /* no port below 1024 is ever used */
		return true;
	default:
		return read_value(set, said, letter, value);
	}
}

static void
complain(int result, const char *word)
{
	if (result == ':')
		log_warnx("option requires an argument -- %s", word);
	else if (optopt != 0 && optopt < WAIT)
		log_warnx("illegal option -- %c", optopt);
	else
		log_warnx("illegal option -- %s", word);
}

static bool
read_options(struct settings *set, struct said *said, int argc, char *argv[])
{
	int letter;

	opterr = 0;
	while (
	    (letter = getopt_long(argc, argv,
		 "+:46a:b:c:dD:g:K:k:l:M:o:rSst:vh<:>::", longs, NULL)) != -1) {
		if (letter == '?' || letter == ':') {
			complain(letter, argv[optind - 1]);
			break;
		}
		if (!read_option(set, said, letter, optarg))
			break;
	}
	if (letter == -1 && set->ipv4 && set->ipv6)
		log_warnx("-4 and -6 exclude each other");
	else if (letter == -1)
		return true;
	fputs("Try 'sntp --help' for more information.\n", stderr);
	return false;
}

static void
apply(struct settings *set, const struct said *said)
{
	bool sets = set->policy.may_step || set->policy.may_slew;

	/* Beyond the limit it is stepped, at the limit not yet. */
	set->policy.step_over_ns = said->limit_ms * NS_PER_MS + 1;
	set->report.persona.step_over_ns = set->policy.may_step ? 0 : INT64_MAX;
	set->report.persona.each = set->ask.all = said->wait && !sets;
	set->ask.timeout_ns = said->timeout_s * NS_PER_S;
	persona_apply(set, said->version, said->debug);
}

static bool
read_hosts(struct settings *set, int n, char *const hosts[])
{
	char version[PERSONA_SIZE];
	int i;

	for (i = 0; i < n; i++)
		if (!persona_host(set, hosts[i]))
			return false;
	if (set->servers.n > 0)
		return true;
	puts(persona_version(version, "sntp", set->program));
	puts("sntp: Must supply at least one of -b hostname, -c hostname, or "
	     "hostname.");
	set->bad = NO_HOST;
	return false;
}

enum options
sntp_read(struct settings *set, int argc, char *argv[])
{
	struct said said = { .version = 4, .timeout_s = 5 };

	log_name("sntp");
	tzset(); /* no file is read any more when the lines are written */
	set->bad = EXIT_NO_ANSWER;
	set->report.format = &report_sntp;
	if (!read_options(set, &said, argc, argv))
		return OPTIONS_BAD;
	if (said.help)
		help();
	else if (said.tell_version)
		printf("sntp (%s)\n", set->program);
	if (said.help || said.tell_version)
		return OPTIONS_DONE;
	if (said.key) {
		log_warnx("--authentication: this version cannot authenticate");
		return OPTIONS_BAD;
	}
	if (!read_hosts(set, argc - optind, argv + optind))
		return OPTIONS_BAD;
	apply(set, &said);
	settings_complete(set);
	return OPTIONS_RUN;
}
