/*
 * What the readers of other programs' command lines share.
 */

#include "cli/persona.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "cli/settings.h"
#include "cli/traits.h"

static const struct {
	const char *name;
	persona_fn *read;
} personas[] = {
	{ "ntpdate", ntpdate_read },
	{ "sntp", sntp_read },
};

persona_fn *
persona_find(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	size_t i;

	if (path == NULL)
		return NULL;
	for (i = 0; i < sizeof(personas) / sizeof(personas[0]); i++)
		if (strcmp(slash != NULL ? slash + 1 : path,
			personas[i].name) == 0)
			return personas[i].read;
	return NULL;
}

bool
persona_host(struct settings *set, const char *host)
{
	struct server_spec *s = servers_blank(&set->servers);
	char *copy = s != NULL ? strdup(host) : NULL;

	if (copy == NULL) {
		log_warnx("%s", servers_error());
		return false;
	}
	if (servers_host(s, copy) == NULL)
		free(copy);
	else {
		strcpy(copy, host);
		s->name = copy;
	}
	s->pool = true;
	s->max = POOL_MAX;
	set->servers.n++;
	return true;
}

void
persona_apply(struct settings *set, unsigned version, unsigned debug)
{
	unsigned i;

	for (i = 0; i < set->servers.n; i++)
		set->servers.list[i].version = (uint8_t)version;
	log_set(debug > 1    ? LEVEL_DEBUG
		: debug == 1 ? LEVEL_VERBOSE
			     : LEVEL_SILENT);
}

bool
persona_seconds(int64_t *ns, const char *text)
{
	size_t n = strlen(text);
	char copy[64];

	if (n == 0 || n > 60 || strspn(text, "0123456789.") != n ||
	    strcmp(text, ".") == 0)
		return false;
	/* There, ".5" and "5." are numbers too. */
	snprintf(copy, sizeof(copy), "0%s%s", text,
	    strchr(text, '.') != NULL ? "0" : "");
	return num_duration(ns, copy);
}
