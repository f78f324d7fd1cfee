/*
 * What one line of a configuration says of servers.
 */

#include "cli/entry.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/types.h"
#include "cli/forms.h"
#include "cli/lines.h"
#include "cli/servers.h"
#include "cli/traits.h"

char *
entry_word(char **at, const struct form *form)
{
	char *word = *at + strspn(*at, form->gaps);

	if (*word == '\0')
		return NULL;
	*at = word + strcspn(word, form->gaps);
	if (**at != '\0')
		*(*at)++ = '\0';
	return word;
}

/* What a line begins with: the word, or in KEY=VALUE the key. */
static char *
first_word(char **at, const struct form *form)
{
	char *key = *at, *equals;

	if (!form->assigns)
		return entry_word(at, form);
	if ((equals = strchr(key, '=')) == NULL)
		return NULL;
	*equals = '\0';
	*at = equals + 1;
	return entry_word(&key, form);
}

const struct directive *
entry_directive(char **at, const struct form *form)
{
	const struct directive *d = form->directives;
	const char *word;

	if (d->name[0] == '\0')
		return d;
	if ((word = first_word(at, form)) == NULL)
		return NULL;
	for (; d->name != NULL; d++)
		if ((form->fold ? strcasecmp : strcmp)(d->name, word) == 0)
			return d;
	return NULL;
}

static bool
is_refclock(const char *host)
{
	return strncmp(host, "127.127.", strlen("127.127.")) == 0;
}

bool
entry_none(const struct lines *l, const char *word)
{
	if (l->telling == LINES_MENTION)
		(void)lines_fault(
		    l, "%s: not a server that can be asked", word);
	return true;
}

/* What is said of a server behind its name. */
static bool
read_traits(struct server_spec *s, const struct form *form,
    const struct lines *l, char *at)
{
	const char *word, *value;
	const struct trait *t;

	while ((word = entry_word(&at, form)) != NULL) {
		t = trait_find(form->traits, word, form->fold);
		if (t == NULL)
			return lines_fault(l,
			    "\"%.80s\": no option of a server that %s knows",
			    word, form->name);
		value = t->takes_value ? entry_word(&at, form) : "";
		if (value == NULL)
			return lines_fault(l, "%s: needs a value", word);
		if (!t->set(s, value))
			return lines_fault(l,
			    "\"%s %.80s\": no value that it can have", word,
			    value);
	}
	return true;
}

/* The server's name, perhaps with options before it: ntpd's -4 and -6. */
static char *
read_name(struct server_spec *s, const struct form *form, char **at)
{
	const struct trait *t;
	char *word;

	while ((word = entry_word(at, form)) != NULL && *word == '-' &&
	       (t = trait_find(form->traits, word, false)) != NULL)
		(void)t->set(s, "");
	return word;
}

static bool
read_server(struct servers *servers, const struct form *form,
    const struct lines *l, char *at, bool pool)
{
	struct server_spec *s;
	const char *wrong;
	char *name;

	servers->from = l->name;
	if ((s = servers_blank(servers)) == NULL)
		return lines_fault(l, "%s", strerror(errno));
	s->pool = pool;
	if ((name = read_name(s, form, &at)) == NULL)
		return lines_fault(l, "no server is named");
	if (is_refclock(name))
		return entry_none(l, name);
	if ((wrong = servers_host(s, name)) != NULL)
		return lines_fault(l, "\"%.80s\": %s", name, wrong);
	if (!read_traits(s, form, l, at))
		return false;
	servers->n++;
	return true;
}

bool
entry_server(struct servers *servers, const struct form *form,
    const struct lines *l, char *rest)
{
	return read_server(servers, form, l, rest, false);
}

bool
entry_pool(struct servers *servers, const struct form *form,
    const struct lines *l, char *rest)
{
	return read_server(servers, form, l, rest, true);
}

bool
entry_hosts(struct servers *servers, const struct form *form,
    const struct lines *l, char *rest)
{
	bool any = false, good = true;
	struct server_spec *s;
	const char *wrong;
	char *word;

	servers->from = l->name;
	while ((word = entry_word(&rest, form)) != NULL) {
		any = true;
		s = servers_blank(servers);
		wrong = s == NULL ? strerror(errno) : servers_host(s, word);
		if (wrong == NULL)
			servers->n++;
		else
			good = lines_fault(l, "\"%.80s\": %s", word, wrong);
	}
	if (!any)
		servers->n = 0;
	return good;
}
