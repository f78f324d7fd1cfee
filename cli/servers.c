/*
 * Server words and list files.
 *
 * A word is host, host:port, [v6]:port or an address, then comma-separated
 * words about it.  Strict: what is no host name is not sent to a name server.
 */

#include "cli/servers.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/num.h"
#include "base/types.h"
#include "cli/lines.h"

#define NAME_MAX_LEN  253 /* RFC 1035, 2.3.4, as text */
#define LABEL_MAX_LEN 63
#define POOL_MAX      16 /* addresses that ,max= may ask for */
#define POOL_DEFAULT  4
#define SERVERS_MAX   1000000

/* One of the comma-separated words: what it says, "" for nothing behind "=". */
struct trait {
	const char *name;
	bool takes_value;
	bool (*set)(struct server_spec *, const char *value);
};

static bool
set_noselect(struct server_spec *s, const char *value)
{
	(void)value;
	return s->noselect = true;
}

static bool
set_pool(struct server_spec *s, const char *value)
{
	(void)value;
	return s->pool = true;
}

static bool
set_nothing(struct server_spec *s, const char *value)
{
	(void)s;
	(void)value;
	return true;
}

static bool
set_max(struct server_spec *s, const char *value)
{
	return num_whole(&s->max, value, 1, POOL_MAX);
}

static bool
set_version(struct server_spec *s, const char *value)
{
	unsigned version;

	if (!num_whole(&version, value, 3, 4))
		return false;
	s->version = (uint8_t)version;
	return true;
}

static const struct trait traits[] = {
	{ "noselect", false, set_noselect },
	{ "pool", false, set_pool },
	{ "max", true, set_max },
	{ "version", true, set_version },
	{ "iburst", false, set_nothing },
};

static bool
read_trait(struct server_spec *s, char *word)
{
	char *value = strchr(word, '=');
	size_t i;

	if (value != NULL)
		*value++ = '\0';
	for (i = 0; i < sizeof(traits) / sizeof(traits[0]); i++)
		if (strcmp(traits[i].name, word) == 0 &&
		    traits[i].takes_value == (value != NULL) &&
		    traits[i].set(s, value))
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

/* NULL, or what is wrong with it. */
static const char *
read_host(struct server_spec *s, char *text)
{
	struct server_addr ignored;
	char *host, *port;
	const char *wrong = split(text, &host, &port);
	unsigned n;

	if (wrong != NULL)
		return wrong;
	if (port != NULL) {
		if (!num_whole(&n, port, 1, UINT16_MAX))
			return "a port is a number from 1 to 65535";
		s->port = (uint16_t)n;
	}
	if (!is_name(host) && !addr_parse(&ignored, host, 0))
		return *host == '\0' ? "the name is empty"
				     : "neither a host name nor an address";
	s->name = strdup(host);
	return s->name == NULL ? strerror(errno) : NULL;
}

/* NULL, or what is wrong with it; cuts word to pieces. */
static const char *
read_word(struct server_spec *s, char *word)
{
	char *trait = strchr(word, ',');
	const char *wrong;

	if (trait != NULL)
		*trait++ = '\0';
	if ((wrong = read_host(s, word)) != NULL)
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

static struct server_spec *
one_more(struct servers *servers)
{
	struct server_spec *more;

	if (servers->n == SERVERS_MAX) {
		errno = E2BIG;
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
	*more = (struct server_spec){ .port = NTP_PORT,
		.family = AF_UNSPEC,
		.version = 4,
		.max = POOL_DEFAULT };
	return more;
}

bool
servers_word(struct servers *servers, const char *word, const char *where)
{
	struct server_spec *s = one_more(servers);
	char *copy = s != NULL ? strdup(word) : NULL;
	const char *wrong;

	if (copy == NULL)
		wrong = errno == E2BIG ? "one too many" : strerror(errno);
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
	struct lines lines;
	bool good = lines_open(&lines, path);
	char where[512];
	char *word;

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
