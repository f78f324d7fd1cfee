/*
 * Values of options: what makes a good one, and where it goes.
 */

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/num.h"
#include "cli/settings.h"

#define SOURCES_MAX 100000

bool
settings_limit_back(struct settings *set, const char *value)
{
	if (num_duration(&set->policy.limit_back_ns, value))
		return true;
	log_warnx("--limit-back: \"%s\" is no duration, such as 0, 500ms or 5m",
	    value);
	return false;
}

bool
settings_samples(struct settings *set, const char *value)
{
	if (num_whole(&set->ask.samples, value, 1, SAMPLES_MAX))
		return true;
	log_warnx(
	    "--samples: \"%s\" is no number from 1 to %d", value, SAMPLES_MAX);
	return false;
}

bool
settings_min_sources(struct settings *set, const char *value)
{
	if (num_whole(&set->ask.min_sources, value, 1, SOURCES_MAX))
		return true;
	log_warnx("--min-sources: \"%s\" is no number from 1 to %d", value,
	    SOURCES_MAX);
	return false;
}

/* An address, or else the name of an interface: which may come, with --wait. */
bool
settings_bind(struct settings *set, const char *value)
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

bool
settings_may_bind(const struct settings *set)
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

bool
settings_file(struct settings *set, const char *value)
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

bool
settings_config(struct settings *set, const char *value)
{
	set->config = value;
	if (*value == '\0')
		log_warnx("--config: the name of the file is empty");
	return *value != '\0';
}

bool
settings_user(struct settings *set, const char *value)
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
take_range(struct range *r, const char *option, const char *value)
{
	if (range_parse(r, value))
		return true;
	log_warnx("--%s: \"%s\" is no range, such as 500ms, 1s:, ~:1s, 1s:2s "
		  "or @1s:2s",
	    option, value);
	return false;
}

bool
settings_warn(struct settings *set, const char *value)
{
	set->warned = true;
	return take_range(&set->report.warn, "warn", value);
}

bool
settings_crit(struct settings *set, const char *value)
{
	set->crited = true;
	return take_range(&set->report.crit, "crit", value);
}

/* One report has one format; one that has its own way to fail stays. */
static bool
take_format(struct settings *set, const struct report_format *f)
{
	bool other = set->formatted && set->report.format != f;

	if (other)
		log_warnx("--format: it cannot be %s and %s at once",
		    set->report.format->name, f->name);
	if (!other || f->status != NULL)
		set->report.format = f;
	set->formatted = true;
	return !other;
}

bool
settings_format(struct settings *set, const char *value)
{
	const struct report_format *f;
	char known[64] = "";
	size_t n;

	for (f = report_formats; f->name != NULL; f++) {
		if (strcmp(f->name, value) == 0)
			return take_format(set, f);
		n = strlen(known);
		snprintf(known + n, sizeof(known) - n, " %s", f->name);
	}
	log_warnx("--format: \"%s\" is no format; there are:%s", value, known);
	return false;
}

bool
settings_json(struct settings *set, const char *value)
{
	(void)value; /* it has none */
	return settings_format(set, "json");
}

bool
settings_output(struct settings *set, const char *value)
{
	set->report.path = value;
	if (*value == '\0')
		log_warnx("--output: the name of the file is empty");
	return *value != '\0';
}

bool
settings_duration(int64_t *ns, const char *option, const char *value)
{
	if (num_duration(ns, value) && *ns > 0)
		return true;
	log_warnx("--%s: \"%s\" is no duration above zero, such as 500ms, 2s "
		  "or 5m",
	    option, value);
	return false;
}
