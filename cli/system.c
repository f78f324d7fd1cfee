/*
 * Which servers, when nobody names one: those of this system's own time
 * configuration.
 *
 * The running daemon's files come first, then the others in the order of their
 * table; the first that name a server win.  A network may bring servers of its
 * own by DHCP, and then these are used, since a firewall may let no others
 * through; but never in place of servers that must be authenticated, or any
 * network could put its own there.
 */

#include "cli/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/guard.h"
#include "base/log.h"
#include "base/types.h"
#include "cli/config.h"
#include "cli/forms.h"

#ifndef DEFAULT_SERVERS
#error "DEFAULT_SERVERS comes from the Makefile, and is empty there"
#endif

static bool
is_running(const struct place *place)
{
	struct rival rival = { 0 };

	if (place->daemon != NULL)
		guard_find(&rival, place->daemon);
	if (place->daemon != NULL && rival.pid == 0)
		guard_find(&rival, place->form->name);
	return rival.pid != 0;
}

static void
search(struct config *c)
{
	const struct place *p;
	int running;

	for (running = 1; running >= 0; running--)
		for (p = places; p->form != NULL && c->servers.n == 0; p++)
			if (is_running(p) == running)
				config_place(c, p);
}

/* ---- DHCP ---- */

/* Nothing below /run is the administrator's. */
static bool
is_brought(const struct server_spec *s)
{
	return strncmp(s->from, "/run/", strlen("/run/")) == 0 ||
	       strncmp(s->from, "/var/run/", strlen("/var/run/")) == 0;
}

static bool
is_own(const struct server_spec *s)
{
	return !is_brought(s);
}

static bool
is_own_and_authenticated(const struct server_spec *s)
{
	return is_own(s) && (s->nts || s->key != 0);
}

static const struct server_spec *
first(const struct servers *servers, bool (*fits)(const struct server_spec *))
{
	unsigned i;

	for (i = 0; i < servers->n; i++)
		if (fits(&servers->list[i]))
			return &servers->list[i];
	return NULL;
}

/* Adds what DHCP brought, unless a daemon's file has led there already. */
static bool
add_brought(struct servers *servers)
{
	struct config dhcp = { .telling = LINES_MENTION };
	const struct place *p;
	struct server_spec *s;
	unsigned i;

	if (first(servers, is_brought) != NULL)
		return true;
	for (p = dhcp_places; p->form != NULL && dhcp.servers.n == 0; p++)
		config_place(&dhcp, p);
	for (i = 0; i < dhcp.servers.n; i++) {
		if ((s = servers_blank(servers)) == NULL)
			return false;
		*s = dhcp.servers.list[i];
		servers->n++;
	}
	return true;
}

/* False: a network must not have a say beside such servers of our own. */
static bool
may_be_brought(const struct servers *servers)
{
	const struct server_spec *brought = first(servers, is_brought);
	const struct server_spec *safe =
	    first(servers, is_own_and_authenticated);

	if (brought != NULL && safe != NULL)
		log_verbose("%s: left out, since %s names servers that must "
			    "be authenticated",
		    brought->from, safe->from);
	return safe == NULL;
}

/* ---- nothing found ---- */

static void
tell_missing(const struct place *place, char *buf, size_t size)
{
	const char *const *path = place->paths;
	size_t n;

	for (; path[0] != NULL || path[1] != NULL; path++) {
		n = strlen(buf);
		if (*path != NULL)
			snprintf(buf + n, size - n, "%s%s", n > 0 ? ", " : "",
			    *path);
	}
}

static void
tell_of_nothing(const struct config *c)
{
	const struct place *p;
	char missing[500] = "";
	const char *hint;
	unsigned i;

	log_warnx("no server was named, and the time configuration of this "
		  "system names none either");
	for (i = 0; i < c->nfiles; i++) {
		hint = c->files[i].form->hint;
		log_warnx("%s: %s%s%s", c->files[i].path,
		    c->files[i].wrong ? c->files[i].wrong : "names no server",
		    hint != NULL ? "; " : "", hint != NULL ? hint : "");
	}
	for (p = places; p->form != NULL; p++) {
		for (i = 0; i < c->nfiles; i++)
			if (c->files[i].place == p)
				break;
		if (i == c->nfiles)
			tell_missing(p, missing, sizeof(missing));
	}
	if (missing[0] != '\0')
		log_warnx("not there: %s", missing);
}

/* What the packager chose, if he did. */
static bool
add_defaults(struct servers *servers)
{
	char words[] = DEFAULT_SERVERS, *at = words, *word;
	bool good = true;

	servers->from = "built in";
	while ((word = strsep(&at, " \t")) != NULL)
		if (*word != '\0')
			good &= servers_word(servers, word, "DEFAULT_SERVERS");
	return good;
}

bool
system_servers(struct servers *servers)
{
	struct config c = { .telling = LINES_MENTION };

	search(&c);
	if (!add_brought(&c.servers)) {
		log_warn("the servers that DHCP brought");
		return false;
	}
	if (!may_be_brought(&c.servers))
		servers_keep(&c.servers, is_own);
	else if (first(&c.servers, is_brought) != NULL)
		servers_keep(&c.servers, is_brought);
	servers_unique(&c.servers);
	if (c.servers.n == 0 && !add_defaults(&c.servers))
		return false;
	if (c.servers.n == 0)
		tell_of_nothing(&c);
	*servers = c.servers;
	return servers->n > 0;
}

/* ---- a file that the user names ---- */

/* Reads a file in a form; fallback servers are as good as others then. */
static bool
read_as(struct config *c, const struct form *form, const char *path)
{
	bool good = config_read(c, form, path);

	if (c->servers.n == 0)
		c->servers = c->fallback;
	return good;
}

/* The form in which every line makes sense, and most servers are named. */
static const struct form *
guess(const char *path)
{
	const struct form *best = form_of(path), *const * f;
	struct config trial;
	unsigned most = 0;

	for (f = forms; form_of(path) == NULL && *f != NULL; f++) {
		if (f[1] == NULL && most > 0)
			break; /* every word is a server of a list */
		trial = (struct config){ .telling = LINES_HUSH };
		if (read_as(&trial, *f, path) && trial.servers.n > most) {
			best = *f;
			most = trial.servers.n;
		}
	}
	return best != NULL ? best : forms[0];
}

bool
system_config(struct servers *servers, const char *path)
{
	struct config c = { .telling = LINES_TELL };
	const struct form *form = guess(path);
	bool good = read_as(&c, form, path);

	if (c.nfiles > 0 && c.files[0].wrong != NULL)
		log_warnx("%s: %s", path, c.files[0].wrong);
	if (good && c.servers.n == 0)
		log_warnx("%s: names no server%s%s", path,
		    form->hint ? "; " : "", form->hint ? form->hint : "");
	if (!may_be_brought(&c.servers))
		servers_keep(&c.servers, is_own);
	servers_unique(&c.servers);
	*servers = c.servers;
	return good && servers->n > 0;
}
