/*
 * How other programs write down their servers, and where: tables, and nothing
 * else.
 *
 * Every word that a program knows behind a server is here, so that an unknown
 * one is seen to be a mistake; lines that begin with another word than those
 * here are none of our business.
 */

#include "cli/forms.h"

#include <stddef.h>
#include <string.h>

#include "cli/traits.h"

static const struct trait no_traits[] = {
	{ NULL, false, NULL },
};

/* ---- chrony: chrony.conf(5) ---- */

static const struct trait chrony_traits[] = {
	{ "noselect", false, trait_noselect },
	{ "nts", false, trait_nts },
	{ "key", true, trait_key },
	{ "port", true, trait_port },
	{ "version", true, trait_older },
	{ "maxsources", true, trait_sources },
	{ "ipv4", false, trait_ipv4 },
	{ "ipv6", false, trait_ipv6 },
	{ NULL, false, NULL },
};

#define CHRONY_FLAGS                                                           \
	"auto_offline burst copy iburst offline prefer require trust xleave"

#define CHRONY_VALUES                                                          \
	"asymmetry certset extfield filter maxdelay maxdelaydevratio "         \
	"maxdelayquant maxdelayratio maxpoll maxsamples maxunreach mindelay "  \
	"minpoll minsamples minstratum ntsport offset polltarget presend"

/* In the files of a sourcedir nothing else may stand. */
static const struct directive sources_directives[] = {
	{ "server", NAMES_SERVER },
	{ "peer", NAMES_SERVER },
	{ "pool", NAMES_POOL },
	{ NULL, 0 },
};

static const struct directive chrony_directives[] = {
	{ "server", NAMES_SERVER },
	{ "peer", NAMES_SERVER },
	{ "pool", NAMES_POOL },
	{ "include", INCLUDES_FILES },
	{ "confdir", INCLUDES_CONFS },
	{ "sourcedir", INCLUDES_SOURCES },
	{ "refclock", NAMES_NO_SERVER },
	{ NULL, 0 },
};

static const struct form sources = {
	.name = "chrony",
	.marks = "!;#%",
	.gaps = " \t",
	.fold = true,
	.directives = sources_directives,
	.traits = chrony_traits,
	.flags = CHRONY_FLAGS,
	.values = CHRONY_VALUES,
};

static const struct form chrony = {
	.name = "chrony",
	.marks = "!;#%",
	.gaps = " \t",
	.fold = true,
	.directives = chrony_directives,
	.traits = chrony_traits,
	.flags = CHRONY_FLAGS,
	.values = CHRONY_VALUES,
	.sources = &sources,
};

/* ---- ntpd of both kinds: ntp.conf(5) ---- */

static const struct trait ntp_traits[] = {
	{ "-4", false, trait_ipv4 }, /* before the name */
	{ "-6", false, trait_ipv6 },
	{ "noselect", false, trait_noselect },
	{ "nts", false, trait_nts },
	{ "autokey", false, trait_nts }, /* the old way of it */
	{ "key", true, trait_key },
	{ "version", true, trait_older },
	{ NULL, false, NULL },
};

static const struct directive ntp_directives[] = {
	{ "server", NAMES_SERVER },
	{ "peer", NAMES_SERVER },
	{ "pool", NAMES_POOL },
	{ "includefile", INCLUDES_FILES },
	{ "refclock", NAMES_NO_SERVER },
	{ "broadcast", NAMES_NO_SERVER },
	{ "broadcastclient", NAMES_NO_SERVER },
	{ "multicastclient", NAMES_NO_SERVER },
	{ "manycastclient", NAMES_NO_SERVER },
	{ NULL, 0 },
};

static const struct form ntp = {
	.name = "ntpd",
	.marks = "",
	.hash = true,
	.gaps = " \t\"",
	.directives = ntp_directives,
	.traits = ntp_traits,
	.flags = "burst iburst noval preempt prefer true xleave",
	.values = "aead ask bias ca cert expire maxpoll minpoll mode require "
		  "ttl",
};

/* ---- OpenNTPD: ntpd.conf(5) ---- */

static const struct directive openntpd_directives[] = {
	{ "server", NAMES_SERVER },
	{ "servers", NAMES_POOL },
	{ "sensor", NAMES_NO_SERVER },
	{ NULL, 0 },
};

static const struct form openntpd = {
	.name = "OpenNTPD",
	.marks = "",
	.hash = true,
	.gaps = " \t\"'",
	.joins = true,
	.directives = openntpd_directives,
	.traits = no_traits,
	.flags = "trusted",
	.values = "rtable weight",
};

/* ---- systemd: timesyncd.conf(5), and what networkd leaves ---- */

static const struct directive timesyncd_directives[] = {
	{ "NTP", NAMES_HOSTS_OR_NONE },
	{ "Servers", NAMES_HOSTS_OR_NONE }, /* its name until systemd 215 */
	{ "FallbackNTP", NAMES_FALLBACK },
	{ NULL, 0 },
};

static const struct form timesyncd = {
	.name = "timesyncd",
	.marks = "#;",
	.gaps = " \t",
	.joins = true,
	.assigns = true,
	.section = "[Time]",
	.directives = timesyncd_directives,
	.hint = "systemd-timesyncd itself would go on with the servers that "
		"were compiled into it",
};

static const struct directive networkd_directives[] = {
	{ "NTP", NAMES_HOSTS },
	{ NULL, 0 },
};

static const struct form networkd = {
	.name = "networkd",
	.marks = "#",
	.gaps = " \t",
	.assigns = true,
	.directives = networkd_directives,
};

/* ---- files of the shell, and lists ---- */

static const struct directive ntpdate_directives[] = {
	{ "NTPSERVERS", NAMES_HOSTS_INSTEAD },
	{ NULL, 0 },
};

static const struct form ntpdate = {
	.name = "ntpdate",
	.marks = "",
	.hash = true,
	.gaps = " \t\"'",
	.joins = true,
	.assigns = true,
	.directives = ntpdate_directives,
};

static const struct directive list_directives[] = {
	{ "", NAMES_SERVER },
	{ NULL, 0 },
};

static const struct form list = {
	.name = "step-tickers",
	.marks = "",
	.hash = true,
	.gaps = " \t",
	.directives = list_directives,
	.traits = no_traits,
	.flags = "",
	.values = "",
};

/* ---- where they are ---- */

#define PATHS(...)                                                             \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL, NULL                                        \
	}

const struct place places[] = {
	{ &chrony, "chronyd",
	    PATHS("/etc/chrony/chrony.conf", "/etc/chrony.conf"), NULL },
	{ &ntp, "ntpd",
	    PATHS("/etc/ntp.conf", "/etc/ntp/ntp.conf", "/etc/inet/ntp.conf",
		NULL, "/etc/ntp.d/*.conf"),
	    NULL },
	{ &ntp, "ntpd",
	    PATHS("/etc/ntpsec/ntp.conf", NULL, "/etc/ntpsec/ntp.d/*.conf"),
	    NULL },
	{ &timesyncd, "systemd-timesyncd",
	    PATHS("/etc/systemd/timesyncd.conf", "/run/systemd/timesyncd.conf",
		"/usr/local/lib/systemd/timesyncd.conf",
		"/usr/lib/systemd/timesyncd.conf"),
	    PATHS("/etc/systemd/timesyncd.conf.d",
		"/run/systemd/timesyncd.conf.d",
		"/usr/local/lib/systemd/timesyncd.conf.d",
		"/usr/lib/systemd/timesyncd.conf.d") },
	{ &openntpd, "ntpd OpenNTPD",
	    PATHS("/etc/openntpd/ntpd.conf", "/etc/ntpd.conf"), NULL },
	{ &list, NULL, PATHS("/etc/ntp/step-tickers"), NULL },
	{ &ntpdate, NULL, PATHS("/etc/default/ntpdate"), NULL },
	{ &ntpdate, NULL, PATHS("/etc/default/ntpsec-ntpdate"), NULL },
	{ NULL, NULL, NULL, NULL },
};

const struct place dhcp_places[] = {
	{ &networkd, NULL,
	    PATHS("/run/systemd/netif/state", "/run/systemd/netif/links/*",
		"/run/systemd/netif/leases/*"),
	    NULL },
	{ &sources, NULL, PATHS("/run/chrony-dhcp/*.sources"), NULL },
	{ &ntp, NULL, PATHS("/run/ntpsec/ntp.conf.dhcp", "/run/ntp.conf.dhcp"),
	    NULL },
	{ &ntpdate, NULL, PATHS("/run/ntpsec/ntpdate.dhcp"), NULL },
	{ NULL, NULL, NULL, NULL },
};

/* ---- files that the user names ---- */

const struct form *const forms[] = { &chrony, &ntp, &openntpd, &timesyncd,
	&ntpdate, &list, NULL };

static const struct {
	const char *ending;
	const struct form *form;
} endings[] = {
	{ "chrony.conf", &chrony },
	{ ".sources", &sources },
	{ "ntp.conf", &ntp },
	{ "timesyncd.conf", &timesyncd },
	{ "ntpd.conf", &openntpd },
	{ "step-tickers", &list },
	{ "ntpdate", &ntpdate },
};

static bool
ends_with(const char *text, const char *ending)
{
	size_t n = strlen(text), m = strlen(ending);

	return n >= m && strcmp(text + n - m, ending) == 0;
}

const struct form *
form_of(const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_with(path, endings[i].ending))
			return endings[i].form;
	return NULL;
}
