/*
 * The command line of ntpdate.
 *
 * It sets the clock unless -q or -d says otherwise: by a step from half a
 * second on, else by a slew; -b always steps, -B never.
 */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "cli/persona.h"
#include "cli/settings.h"

#define SAMPLES        4
#define LOOKUP_NS      (3 * NS_PER_S)    /* for names, beside the samples */
#define TIMEOUT_NS     (2 * NS_PER_S)    /* of -t, */
#define TICK_NS        (200 * NS_PER_MS) /* which is a number of these, */
#define TIMEOUT_MIN_NS (1 * NS_PER_S)    /* and no less */
#define TIMEOUT_MAX_NS (3600 * NS_PER_S)

/* What was said, before it is known what it means together. */
struct said {
	bool step, slew, query, key;
	unsigned debug, samples, version;
	int64_t timeout_ns;
};

static bool
read_samples(struct said *said, const char *value)
{
	if (num_whole(&said->samples, value, 1, SAMPLES_MAX))
		return true;
	log_warnx("number of samples (%s) is invalid", value);
	return false;
}

static bool
read_version(struct said *said, const char *value)
{
	if (num_whole(&said->version, value, 3, 4))
		return true;
	log_warnx("version number %s is invalid: 3 and 4 are spoken", value);
	return false;
}

static bool
read_timeout(struct said *said, const char *value)
{
	int64_t ns;

	if (!persona_seconds(&ns, value) || ns > TIMEOUT_MAX_NS) {
		log_warnx("timeout %s is undecodeable", value);
		return false;
	}
	ns = (ns + TICK_NS / 2) / TICK_NS * TICK_NS;
	said->timeout_ns = ns < TIMEOUT_MIN_NS ? TIMEOUT_MIN_NS : ns;
	return true;
}

/* What was added to the time that is not sent any more. */
static bool
read_delay(const char *value)
{
	int64_t ns;

	if (persona_seconds(&ns, value) && ns < NS_PER_S)
		return true;
	log_warnx("encryption delay %s is unlikely", value);
	return false;
}

static bool
read_option(
    struct settings *set, struct said *said, int letter, const char *value)
{
	switch (letter) {
	case '4':
	case '6':
		set->ipv4 = letter == '4';
		set->ipv6 = letter == '6';
		return true;
	case 'a':
		said->key = true;
		return true;
	case 'b':
	case 'B':
		said->step = letter == 'b';
		said->slew = letter == 'B';
		return true;
	case 'd':
		said->debug++;
		return true;
	case 'e':
		return read_delay(value);
	case 'k': /* without -a it is not read */
	case 'u': /* no other port is ever used */
		return true;
	case 'o':
		return read_version(said, value);
	case 'p':
		return read_samples(said, value);
	case 'q':
		said->query = true;
		return true;
	case 's':
		set->report.persona.syslog = true;
		return true;
	case 't':
		return read_timeout(said, value);
	case 'v':
		set->report.persona.tells_version = true;
		return true;
	case ':':
		log_warnx("option requires an argument -- %c", optopt);
		return false;
	default:
		log_warnx("unknown option -%c", optopt);
		return false;
	}
}

static void
usage(void)
{
	fputs("usage: ntpdate [-46bBdqsuv] [-a key#] [-e delay] [-k file] "
	      "[-p samples] [-o version#] [-t timeo] server ...\n",
	    stderr);
}

static bool
read_options(struct settings *set, struct said *said, int argc, char *argv[])
{
	int letter;

	opterr = 0;
	while ((letter = getopt(argc, argv, "+:46a:bBde:k:o:p:qst:uv")) != -1)
		if (!read_option(set, said, letter, optarg))
			break;
	if (letter == -1 && optind < argc)
		return true;
	usage();
	return false;
}

static void
apply(struct settings *set, const struct said *said)
{
	bool query = said->query || said->debug > 0;

	set->policy.may_step = !query && !said->slew;
	set->policy.may_slew = !query && !said->step;
	set->report.persona.each = query;
	set->report.persona.step_over_ns = said->step ? 0
					   : said->slew
					       ? INT64_MAX
					       : set->policy.step_over_ns;
	set->ask.samples = said->samples != 0 ? said->samples
			   : said->query      ? 1
					      : SAMPLES;
	set->ask.interval_ns = said->timeout_ns;
	set->ask.timeout_ns = LOOKUP_NS + set->ask.samples * said->timeout_ns;
	persona_apply(set, said->version, said->debug);
}

enum options
ntpdate_read(struct settings *set, int argc, char *argv[])
{
	struct said said = { .version = 4, .timeout_ns = TIMEOUT_NS };

	log_name("ntpdate");
	tzset(); /* no file is read any more when the lines are written */
	set->report.format = &report_ntpdate;
	if (!read_options(set, &said, argc, argv))
		return OPTIONS_BAD;
	set->bad = EXIT_NO_ANSWER;
	if (said.key) {
		log_warnx("-a: this version cannot authenticate");
		return OPTIONS_BAD;
	}
	for (; optind < argc; optind++)
		if (!persona_host(set, argv[optind]))
			return OPTIONS_BAD;
	apply(set, &said);
	settings_complete(set);
	return OPTIONS_RUN;
}
