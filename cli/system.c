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

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/guard.h"
#include "base/log.h"
#include "base/types.h"
#include "cli/config.h"
#include "cli/forms.h"

#ifndef DEFAULT_SERVERS
#error "DEFAULT_SERVERS comes from the Makefile, and is empty there"
#endif

static bool
is_running(const struct place *place, const struct rival *list, unsigned n)
{
	unsigned i;

	for (i = 0; i < n && place->daemons != NULL; i++)
		if (strstr(place->daemons, list[i].name) != NULL)
			return true;
	return false;
}

/* ---- our own, and what DHCP brought ---- */

static bool
is_brought(const struct server_spec *s)
{
	return config_is_brought(s->from);
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

/* As many of more as there is room for. */
static void
add(struct servers *servers, const struct servers *more)
{
	struct server_spec *s;
	unsigned i;

	for (i = 0; i < more->n; i++) {
		if ((s = servers_blank(servers)) == NULL)
			return;
		*s = more->list[i];
		servers->n++;
	}
}

/* What a network may have brought to the file of a daemon is put aside. */
static void
search(struct config *c, struct servers *brought)
{
	struct rival rivals[GUARD_MAX];
	unsigned n = guard_find(rivals, GUARD_MAX);
	const struct place *p;
	int running;

	for (running = 1; running >= 0; running--)
		for (p = places; p->form != NULL; p++) {
			if (is_running(p, rivals, n) != running)
				continue;
			if (first(&c->servers, is_own) != NULL)
				return;
			add(brought, &c->servers);
			c->servers.n = 0;
			config_place(c, p);
		}
}

/* Adds what DHCP brought, unless a daemon's file has led there already. */
static void
add_brought(struct servers *servers)
{
	struct config dhcp = { .telling = LINES_MENTION };
	const struct place *p;

	if (first(servers, is_brought) != NULL)
		return;
	for (p = dhcp_places; p->form != NULL && dhcp.servers.n == 0; p++)
		config_place(&dhcp, p);
	add(servers, &dhcp.servers);
}

/* A file of our own that is there and could not be read; NULL: none. */
static const struct config_file *
unread(const struct config *c)
{
	unsigned i;

	for (i = 0; i < c->nfiles; i++)
		if (c->files[i].wrong != NULL &&
		    !config_is_brought(c->files[i].path))
			return &c->files[i];
	return NULL;
}

/*
 * A network must not have a say beside servers of our own that are to be
 * authenticated, nor where it is not known whether there are such.
 */
static bool
may_be_brought(const struct config *c)
{
	const struct server_spec *brought = first(&c->servers, is_brought);
	bool guarded = c->servers.guarded ||
		       first(&c->servers, is_own_and_authenticated) != NULL;
	bool unsure = c->unsure || c->full;

	if (brought != NULL && (guarded || unsure))
		log_verbose("%s: left out, since there %s servers that must be "
			    "authenticated",
		    brought->from, guarded ? "are" : "may be");
	return !guarded && !unsure;
}

/* ---- nothing found ---- */

static void
add_paths(char *buf, size_t size, const struct place *place)
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

static bool
has_files(const struct config *c, const struct place *place)
{
	unsigned i;

	for (i = 0; i < c->nfiles; i++)
		if (c->files[i].place == place)
			return true;
	return false;
}

static void
tell_of_nothing(const struct config *c)
{
	char missing[500] = "", dhcp[500] = "";
	const struct place *p;
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
	for (p = places; p->form != NULL; p++)
		if (!has_files(c, p))
			add_paths(missing, sizeof(missing), p);
	for (p = dhcp_places; p->form != NULL; p++)
		add_paths(dhcp, sizeof(dhcp), p);
	if (missing[0] != '\0')
		log_warnx("not there: %s", missing);
	if (may_be_brought(c))
		log_warnx("nothing from DHCP in: %s", dhcp);
	else
		log_warnx("DHCP is not asked, since there are or may be "
			  "servers that must be authenticated");
	log_warnx(
	    "name a server, as in \"ntpsync ntp1.example.net\", or in one "
	    "of these files");
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

/* False: nobody else may be asked in place of those of this system. */
static bool
find(struct config *c)
{
	struct servers brought = { 0 };
	const struct config_file *f;
	bool open;

	*c = (struct config){ .telling = LINES_MENTION };
	search(c, &brought);
	if ((f = unread(c)) != NULL && c->servers.n > 0 &&
	    strcmp(f->wrong, strerror(EACCES)) == 0)
		log_warnx(
		    "%s: %s; what it names is not known", f->path, f->wrong);
	add(&c->servers, &brought);
	add_brought(&c->servers);
	open = may_be_brought(c);
	if (!open)
		servers_keep(&c->servers, is_own);
	else if (first(&c->servers, is_brought) != NULL)
		servers_keep(&c->servers, is_brought);
	servers_unique(&c->servers);
	return open;
}

/* DHCP may yet bring some. */
static void
wait_a_second(int64_t *wait_ns)
{
	struct timespec ts = { .tv_sec = 1 };

	if (*wait_ns < NS_PER_S)
		ts = (struct timespec){ .tv_nsec = (long)*wait_ns };
	nanosleep(&ts, NULL);
	*wait_ns -= ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

bool
system_servers(struct servers *servers, int64_t *wait_ns)
{
	bool told = false;
	struct config c;

	while (find(&c)) {
		if (c.servers.n == 0 && !add_defaults(&c.servers))
			return false;
		if (c.servers.n > 0 || *wait_ns == 0)
			break;
		if (!told)
			log_notice("waiting for servers from DHCP, since no "
				   "other is named");
		told = true;
		wait_a_second(wait_ns);
	}
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

	config_fall_back(c);
	return good;
}

/* The form in which every line makes sense, and most servers are named. */
static const struct form *
guess(const char *path)
{
	const struct form *best = form_of(path), *const * f;
	struct config trial;
	unsigned most = 0;

	if (best != NULL)
		return best;
	for (f = forms; *f != NULL; f++) {
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
	if (!may_be_brought(&c))
		servers_keep(&c.servers, is_own);
	servers_unique(&c.servers);
	*servers = c.servers;
	return good && servers->n > 0;
}
