/*
 * What every way of saying it begins with, and what follows from it.
 */

#include "cli/settings.h"

#include <unistd.h>

#include "base/exits.h"

#ifndef VERSION
#error "VERSION comes from the Makefile"
#endif

#define TIMEOUT_NS   (5 * NS_PER_S)
#define INTERVAL_NS  (2 * NS_PER_S)
#define STEP_OVER_NS (500 * NS_PER_MS)
#define WARN_NS      (60 * NS_PER_S)
#define CRIT_NS      (120 * NS_PER_S)

void
settings_begin(struct settings *set)
{
	*set = (struct settings){ .program = "ntpsync " VERSION,
		.bad = EXIT_USAGE };
	set->ask.samples = set->ask.min_sources = 1;
	set->ask.interval_ns = INTERVAL_NS;
	set->policy.step_over_ns = STEP_OVER_NS;
	set->policy.limit_ns = set->policy.limit_back_ns = INT64_MAX;
	set->report.format = report_formats;
	set->report.warn.end_ns = WARN_NS;
	set->report.crit.end_ns = CRIT_NS;
	set->servers.from = "arguments";
}

void
settings_complete(struct settings *set)
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
}
