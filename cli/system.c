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
is_running(const struct form *form, const struct rival *rival)
{
	return rival->pid != 0 && form->daemon != NULL &&
	       (strcmp(rival->name, form->daemon) == 0 ||
		   strcmp(rival->name, form->name) == 0);
}

static void
search(struct config *c)
{
	const struct form *form;
	struct rival rival;
	int running;

	guard_find(&rival);
	for (running = 1; running >= 0; running--)
		for (form = forms; form->name && c->servers.n == 0; form++)
			if (is_running(form, &rival) == running)
				config_form(c, form);
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
	const struct form *form;
	struct server_spec *s;
	unsigned i;

	if (first(servers, is_brought) != NULL)
		return true;
	for (form = dhcp_forms; form->name && dhcp.servers.n == 0; form++)
		config_form(&dhcp, form);
	for (i = 0; i < dhcp.servers.n; i++) {
		if ((s = servers_blank(servers)) == NULL)
			return false;
		*s = dhcp.servers.list[i];
		servers->n++;
	}
	return true;
}

static void
choose(struct servers *servers)
{
	const struct server_spec *brought = first(servers, is_brought);
	const struct server_spec *safe =
	    first(servers, is_own_and_authenticated);

	if (brought == NULL)
		return;
	if (safe != NULL)
		log_verbose("%s: left out, since %s names servers that must "
			    "be authenticated",
		    brought->from, safe->from);
	servers_keep(servers, safe != NULL ? is_own : is_brought);
}

/* ---- nothing found ---- */

static void
tell_missing(const struct form *form, char *buf, size_t size)
{
	const char *const *place = form->places;
	size_t n;

	for (; place[0] != NULL || place[1] != NULL; place++) {
		n = strlen(buf);
		if (*place != NULL)
			snprintf(buf + n, size - n, "%s%s", n > 0 ? ", " : "",
			    *place);
	}
}

static void
tell_of_nothing(const struct config *c)
{
	const struct form *form;
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
	for (form = forms; form->name != NULL; form++) {
		for (i = 0; i < c->nfiles; i++)
			if (c->files[i].form == form)
				break;
		if (i == c->nfiles)
			tell_missing(form, missing, sizeof(missing));
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
	choose(&c.servers);
	if (c.servers.n == 0 && !add_defaults(&c.servers))
		return false;
	if (c.servers.n == 0)
		tell_of_nothing(&c);
	*servers = c.servers;
	return servers->n > 0;
}

/* ---- a file that the user names ---- */

/* The first form in which every line makes sense. */
static const struct form *
guess(const char *path)
{
	const struct form *form = form_of(path);
	struct config trial;

	if (form != NULL)
		return form;
	for (form = forms; form->name != NULL; form++) {
		trial = (struct config){ .telling = LINES_HUSH };
		if (config_read(&trial, form, path) && trial.servers.n > 0)
			return form;
	}
	return forms;
}

bool
system_config(struct servers *servers, const char *path)
{
	struct config c = { .telling = LINES_TELL };
	const struct form *form = guess(path);
	bool good = config_read(&c, form, path);

	if (c.nfiles > 0 && c.files[0].wrong != NULL)
		log_warnx("%s: %s", path, c.files[0].wrong);
	if (c.servers.n == 0)
		c.servers = c.fallback;
	if (good && c.servers.n == 0)
		log_warnx("%s: names no server%s%s", path,
		    form->hint ? "; " : "", form->hint ? form->hint : "");
	*servers = c.servers;
	return good && servers->n > 0;
}
