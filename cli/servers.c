/*
 * Server words and list files.
 *
 * A word is host, host:port, [v6]:port or an address, then comma-separated
 * words about it.  Strict: what is no host name is not sent to a name server.
 */

#include "cli/servers.h"

#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/num.h"
#include "base/types.h"
#include "cli/lines.h"
#include "cli/traits.h"

#define NAME_MAX_LEN  253 /* RFC 1035, 2.3.4, as text */
#define LABEL_MAX_LEN 63
#define POOL_DEFAULT  4

/* The comma-separated words. */
static const struct trait traits[] = {
	{ "noselect", false, trait_noselect },
	{ "pool", false, trait_pool },
	{ "max", true, trait_max },
	{ "version", true, trait_version },
	{ "iburst", false, trait_nothing },
	{ NULL, false, NULL },
};

static bool
read_trait(struct server_spec *s, char *word)
{
	char *value = strchr(word, '=');
	const struct trait *t;

	if (value != NULL)
		*value++ = '\0';
	t = trait_find(traits, word, false);
	if (t != NULL && t->takes_value == (value != NULL) && t->set(s, value))
		return true;
	if (value != NULL)
		value[-1] = '=';
	return false;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool
ends_in_number(const char *name, size_t n)
{
	if (name[n - 1] == '.')
		n--;
	while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
		n--;
	return n == 0 || name[n - 1] == '.';
}

/*
 * Letters, digits, - and _ in labels of 1 to 63; a final dot is allowed.  What
 * ends in a number is an address or a mistake, never a name: the C library
 * would take 127.1 for 127.0.0.1.
 */
static bool
is_name(const char *name)
{
	size_t label = 0, n = strlen(name);

	if (n == 0 || n > NAME_MAX_LEN || name[0] == '-' ||
	    ends_in_number(name, n))
		return false;
	for (; *name != '\0'; name++) {
		if (*name == '.' && label == 0)
			return false;
		label = *name == '.' ? 0 : label + 1;
		if ((*name != '.' && !is_name_char(*name)) ||
		    label > LABEL_MAX_LEN)
			return false;
	}
	return true;
}

/*
 * Cuts "host", "host:port", "[v6]:port" or "v6" into host and port (NULL:
 * none).  NULL, or what is wrong with it.
 */
static const char *
split(char *text, char **host, char **port)
{
	char *end;

	*host = text;
	*port = NULL;
	if (*text == '[') {
		if ((end = strchr(text, ']')) == NULL)
			return "[ without ]";
		*end++ = '\0';
		*host = text + 1;
		if (*end == ':')
			*port = end + 1;
		else if (*end != '\0')
			return "something behind ]";
		return strchr(*host, ':') != NULL ? NULL
						  : "no IPv6 address in [ ]";
	}
	end = strchr(text, ':');
	if (end != NULL && strchr(end + 1, ':') == NULL) {
		*end = '\0';
		*port = end + 1;
	}
	return NULL;
}

const char *
servers_host(struct server_spec *s, char *text)
{
	struct server_addr ignored;
	char *host, *port;
	const char *wrong = split(text, &host, &port);

	if (wrong != NULL)
		return wrong;
	if (port != NULL && !trait_port(s, port))
		return "a port is a number from 1 to 65535";
	if (!is_name(host) && !addr_parse(&ignored, host, 0))
		return *host == '\0' ? "the name is empty"
				     : "neither a host name nor an address";
	s->name = strdup(host);
	return s->name == NULL ? strerror(errno) : NULL;
}

/* What a person may have meant who writes such a word. */
static const char *
other_language(const char *word)
{
	static const char *const lines[] = { "server ", "pool ", "peer " };
	size_t i;

	if (strstr(word, "://") != NULL)
		return "not a URL, but a host name or an address is wanted";
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strncmp(word, lines[i], strlen(lines[i])) == 0)
			return "a line of a time daemon's file, which --config "
			       "reads";
	return NULL;
}

/* NULL, or what is wrong with it; cuts word to pieces. */
static const char *
read_word(struct server_spec *s, char *word)
{
	const char *wrong = other_language(word);
	char *trait = strchr(word, ',');

	if (wrong != NULL)
		return wrong;
	if (trait != NULL)
		*trait++ = '\0';
	if ((wrong = servers_host(s, word)) != NULL)
		return wrong;
	while (trait != NULL) {
		word = trait;
		if ((trait = strchr(word, ',')) != NULL)
			*trait++ = '\0';
		if (!read_trait(s, word))
			return "a word behind the comma is not known; known "
			       "are pool, max=1 to 16, noselect, version=3 or "
			       "4, iburst";
	}
	return NULL;
}

struct server_spec *
servers_blank(struct servers *servers)
{
	struct server_spec *more;

	if (servers->n == SERVERS_MAX) {
		errno = ENOSPC;
		return NULL;
	}
	if (servers->n == servers->room) {
		servers->room = servers->room * 2 + 4;
		more = realloc(
		    servers->list, servers->room * sizeof(struct server_spec));
		if (more == NULL)
			return NULL;
		servers->list = more;
	}
	more = &servers->list[servers->n];
	*more = (struct server_spec){ .from = servers->from,
		.port = NTP_PORT,
		.family = AF_UNSPEC,
		.version = 4,
		.max = POOL_DEFAULT };
	return more;
}

const char *
servers_error(void)
{
	return errno == ENOSPC ? "one too many; 100000 servers are allowed"
			       : strerror(errno);
}

bool
servers_word(struct servers *servers, const char *word, const char *where)
{
	struct server_spec *s = servers_blank(servers);
	char *copy = s != NULL ? strdup(word) : NULL;
	const char *wrong;

	if (copy == NULL)
		wrong = servers_error();
	else
		wrong = read_word(s, copy);
	free(copy);
	if (wrong == NULL)
		servers->n++;
	else
		log_warnx("%s: server \"%.80s\": %s", where, word, wrong);
	return wrong == NULL;
}

/* Without what is behind a #, and without space at both ends. */
static char *
trim(char *line)
{
	size_t n;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	n = strlen(line);
	while (n > 0 && strchr(" \t", line[n - 1]) != NULL)
		line[--n] = '\0';
	return line;
}

bool
servers_file(struct servers *servers, const char *path)
{
	struct lines lines = { 0 };
	const char *wrong = lines_open(&lines, path, LINES_ANY);
	bool good = wrong == NULL;
	char where[512];
	char *word;

	if (wrong != NULL)
		log_warnx("%s: %s", path, wrong);
	servers->from = lines.name;
	while (good && lines_next(&lines, &good)) {
		snprintf(where, sizeof(where), "%.400s:%u", lines.name,
		    lines.number);
		word = trim(lines.text);
		if (*word != '\0')
			good = servers_word(servers, word, where);
	}
	lines_close(&lines);
	return good;
}

static int
by_name(const void *a, const void *b)
{
	const struct server_spec *x = a, *y = b;
	int order = strcasecmp(x->name, y->name);

	if (order == 0)
		order = (int)x->port - (int)y->port;
	return order != 0 ? order : x->family - y->family;
}

static bool
is_first(const struct server_spec *s)
{
	return s->name != NULL;
}

void
servers_unique(struct servers *servers)
{
	struct server_spec **known;
	void *tree = NULL;
	unsigned i;

	for (i = 0; i < servers->n; i++) {
		known = tsearch(&servers->list[i], &tree, by_name);
		if (known != NULL && *known != &servers->list[i])
			servers->list[i].name = NULL;
	}
	servers_keep(servers, is_first);
}

void
servers_keep(struct servers *servers, bool (*fits)(const struct server_spec *))
{
	unsigned i, n = 0;

	for (i = 0; i < servers->n; i++)
		if (fits(&servers->list[i]))
			servers->list[n++] = servers->list[i];
	servers->n = n;
}

/* Whether nobody before server i was named by the same. */
static bool
is_new(const struct servers *servers, unsigned i)
{
	unsigned j = 0;

	while (strcmp(servers->list[j].from, servers->list[i].from) != 0)
		j++;
	return j == i;
}

void
servers_tell_from(const struct servers *servers, char *buf, size_t size)
{
	size_t n = 0;
	unsigned i;

	buf[0] = '\0';
	for (i = 0; i < servers->n && n < size; i++)
		if (is_new(servers, i))
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
			    n > 0 ? ", " : "", servers->list[i].from);
}
