/*
 * How other programs write down their servers: tables, and nothing else.
 *
 * Every word that a program knows behind a server is here, so that an unknown
 * one is seen to be a mistake; lines that begin with another word than those
 * here are none of our business.
 */

#include "cli/forms.h"

#include <stddef.h>
#include <string.h>

#include "cli/traits.h"

/* A row for a word that means nothing to a client that asks once. */
#define FLAG(name)                                                             \
	{                                                                      \
		name, false, trait_nothing                                     \
	}
#define VALUE(name)                                                            \
	{                                                                      \
		name, true, trait_nothing                                      \
	}
#define END                                                                    \
	{                                                                      \
		NULL, false, NULL                                              \
	}

/* ---- chrony: chrony.conf(5) ---- */

static const struct trait chrony_traits[] = { { "noselect", false,
						  trait_noselect },
	{ "nts", false, trait_nts }, { "key", true, trait_key },
	{ "port", true, trait_port }, { "version", true, trait_older },
	{ "maxsources", true, trait_sources }, { "ipv4", false, trait_ipv4 },
	{ "ipv6", false, trait_ipv6 }, FLAG("auto_offline"), FLAG("burst"),
	FLAG("copy"), FLAG("iburst"), FLAG("offline"), FLAG("prefer"),
	FLAG("require"), FLAG("trust"), FLAG("xleave"), VALUE("asymmetry"),
	VALUE("certset"), VALUE("extfield"), VALUE("filter"), VALUE("maxdelay"),
	VALUE("maxdelaydevratio"), VALUE("maxdelayquant"),
	VALUE("maxdelayratio"), VALUE("maxpoll"), VALUE("maxsamples"),
	VALUE("maxunreach"), VALUE("mindelay"), VALUE("minpoll"),
	VALUE("minsamples"), VALUE("minstratum"), VALUE("ntsport"),
	VALUE("offset"), VALUE("polltarget"), VALUE("presend"), END };

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

#define CHRONY                                                                 \
	.marks = "!;#%", .gaps = " \t", .fold = true,                          \
	.directives = chrony_directives, .traits = chrony_traits

/* ---- ntpd of both kinds: ntp.conf(5) ---- */

static const struct trait ntp_traits[] = { { "noselect", false,
					       trait_noselect },
	{ "nts", false, trait_nts }, { "key", true, trait_key },
	{ "version", true, trait_older }, FLAG("autokey"), FLAG("burst"),
	FLAG("iburst"), FLAG("noval"), FLAG("preempt"), FLAG("prefer"),
	FLAG("true"), FLAG("xleave"), VALUE("aead"), VALUE("ask"),
	VALUE("bias"), VALUE("ca"), VALUE("cert"), VALUE("maxpoll"),
	VALUE("minpoll"), VALUE("mode"), VALUE("require"), VALUE("ttl"), END };

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

#define NTP                                                                    \
	.marks = "", .hash = true, .gaps = " \t\"",                            \
	.directives = ntp_directives, .traits = ntp_traits

/* ---- OpenNTPD: ntpd.conf(5) ---- */

static const struct trait openntpd_traits[] = { FLAG("trusted"),
	VALUE("weight"), VALUE("rtable"), END };

static const struct directive openntpd_directives[] = {
	{ "server", NAMES_SERVER },
	{ "servers", NAMES_POOL },
	{ "sensor", NAMES_NO_SERVER },
	{ NULL, 0 },
};

/* ---- systemd: timesyncd.conf(5), and what networkd leaves ---- */

static const struct directive timesyncd_directives[] = {
	{ "NTP", NAMES_HOSTS },
	{ "Servers", NAMES_HOSTS }, /* its name until systemd 215 */
	{ "FallbackNTP", NAMES_FALLBACK },
	{ NULL, 0 },
};

static const struct directive networkd_directives[] = {
	{ "NTP", NAMES_HOSTS },
	{ NULL, 0 },
};

/* ---- files of the shell, and lists ---- */

static const struct directive ntpdate_directives[] = {
	{ "NTPSERVERS", NAMES_HOSTS },
	{ NULL, 0 },
};

#define NTPDATE                                                                \
	.marks = "", .hash = true, .gaps = " \t\"'", .joins = true,            \
	.assigns = true, .directives = ntpdate_directives

static const struct directive list_directives[] = {
	{ "", NAMES_HOSTS },
	{ NULL, 0 },
};

/* ---- where they are ---- */

#define PLACES(...)                                                            \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL, NULL                                        \
	}

const struct form forms[] = {
	{ .name = "chrony",
	    .daemon = "chronyd",
	    .places = PLACES("/etc/chrony/chrony.conf", "/etc/chrony.conf"),
	    CHRONY },
	{ .name = "ntp",
	    .daemon = "ntpd",
	    .places = PLACES("/etc/ntp.conf", "/etc/ntp/ntp.conf",
		"/etc/inet/ntp.conf", NULL, "/etc/ntp.d/*.conf"),
	    NTP },
	{ .name = "ntpsec",
	    .daemon = "ntpd",
	    .places = PLACES(
		"/etc/ntpsec/ntp.conf", NULL, "/etc/ntpsec/ntp.d/*.conf"),
	    NTP },
	{ .name = "timesyncd",
	    .daemon = "systemd-timesyncd",
	    .places = PLACES("/etc/systemd/timesyncd.conf",
		"/run/systemd/timesyncd.conf",
		"/usr/local/lib/systemd/timesyncd.conf",
		"/usr/lib/systemd/timesyncd.conf"),
	    .dropins = PLACES("/etc/systemd/timesyncd.conf.d",
		"/run/systemd/timesyncd.conf.d",
		"/usr/local/lib/systemd/timesyncd.conf.d",
		"/usr/lib/systemd/timesyncd.conf.d"),
	    .marks = "#;",
	    .gaps = " \t",
	    .joins = true,
	    .assigns = true,
	    .section = "[Time]",
	    .directives = timesyncd_directives,
	    .hint = "systemd-timesyncd itself would go on with the servers "
		    "that were compiled into it" },
	{ .name = "OpenNTPD",
	    .daemon = "ntpd",
	    .places = PLACES("/etc/openntpd/ntpd.conf", "/etc/ntpd.conf"),
	    .marks = "",
	    .hash = true,
	    .gaps = " \t\"",
	    .joins = true,
	    .directives = openntpd_directives,
	    .traits = openntpd_traits },
	{ .name = "step-tickers",
	    .places = PLACES("/etc/ntp/step-tickers"),
	    .marks = "",
	    .hash = true,
	    .gaps = " \t",
	    .directives = list_directives },
	{ .name = "ntpdate",
	    .places =
		PLACES("/etc/default/ntpdate", "/etc/default/ntpsec-ntpdate"),
	    NTPDATE },
	{ .name = NULL },
};

const struct form dhcp_forms[] = {
	{ .name = "networkd",
	    .places = PLACES("/run/systemd/netif/state",
		"/run/systemd/netif/links/*", "/run/systemd/netif/leases/*"),
	    .marks = "#",
	    .gaps = " \t",
	    .assigns = true,
	    .directives = networkd_directives },
	{ .name = "chrony",
	    .places = PLACES("/run/chrony-dhcp/*.sources"),
	    CHRONY },
	{ .name = "ntpsec",
	    .places = PLACES("/run/ntpsec/ntp.conf.dhcp", "/run/ntp.conf.dhcp"),
	    NTP },
	{ .name = "ntpdate",
	    .places = PLACES("/run/ntpsec/ntpdate.dhcp"),
	    NTPDATE },
	{ .name = NULL },
};

/* ---- files that the user names ---- */

static const struct {
	const char *ending, *form;
} endings[] = {
	{ "chrony.conf", "chrony" },
	{ ".sources", "chrony" },
	{ "ntp.conf", "ntp" },
	{ "timesyncd.conf", "timesyncd" },
	{ "ntpd.conf", "OpenNTPD" },
	{ "step-tickers", "step-tickers" },
	{ "ntpdate", "ntpdate" },
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
	const struct form *f = NULL;
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_with(path, endings[i].ending))
			for (f = forms; strcmp(f->name, endings[i].form) != 0;)
				f++;
	return f;
}
