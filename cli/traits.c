/*
 * What can be said of a server, whatever the language it is said in: a word of
 * the command line or a line of some daemon's configuration.
 */

#include "cli/traits.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/num.h"
#include "base/types.h"

#define VERSION_MIN 3 /* the oldest that we speak */
#define VERSION_MAX 4

bool
trait_noselect(struct server_spec *s, const char *value)
{
	(void)value;
	return s->noselect = true;
}

bool
trait_pool(struct server_spec *s, const char *value)
{
	(void)value;
	return s->pool = true;
}

bool
trait_max(struct server_spec *s, const char *value)
{
	return num_whole(&s->max, value, 1, POOL_MAX);
}

bool
trait_sources(struct server_spec *s, const char *value)
{
	if (!num_whole(&s->max, value, 1, UINT16_MAX))
		return false;
	if (s->max > POOL_MAX)
		s->max = POOL_MAX;
	return true;
}

bool
trait_version(struct server_spec *s, const char *value)
{
	unsigned version;

	if (!num_whole(&version, value, VERSION_MIN, VERSION_MAX))
		return false;
	s->version = (uint8_t)version;
	return true;
}

bool
trait_older(struct server_spec *s, const char *value)
{
	unsigned version;

	if (!num_whole(&version, value, 1, VERSION_MAX))
		return false;
	s->version = (uint8_t)(version < VERSION_MIN ? VERSION_MIN : version);
	return true;
}

bool
trait_port(struct server_spec *s, const char *value)
{
	unsigned port;

	if (!num_whole(&port, value, 1, UINT16_MAX))
		return false;
	s->port = (uint16_t)port;
	return true;
}

bool
trait_ipv4(struct server_spec *s, const char *value)
{
	(void)value;
	s->family = AF_INET;
	return true;
}

bool
trait_ipv6(struct server_spec *s, const char *value)
{
	(void)value;
	s->family = AF_INET6;
	return true;
}

bool
trait_key(struct server_spec *s, const char *value)
{
	return num_whole(&s->key, value, 1, UINT32_MAX);
}

bool
trait_nts(struct server_spec *s, const char *value)
{
	(void)value;
	return s->nts = true;
}

bool
trait_nothing(struct server_spec *s, const char *value)
{
	(void)s;
	(void)value;
	return true;
}

const struct trait *
trait_find(const struct trait *t, const char *name, bool fold)
{
	for (; t->name != NULL; t++)
		if ((fold ? strcasecmp : strcmp)(t->name, name) == 0)
			return t;
	return NULL;
}
