/*
 * What one line of a configuration says of servers.
 */

#include "cli/entry.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

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
entry_is_guarded(const char *rest)
{
	return strcasestr(rest, "nts") != NULL ||
	       strcasestr(rest, "key") != NULL;
}

bool
entry_none(const struct lines *l, const char *word)
{
	lines_note(l, "%s: not a server that can be asked", word);
	return true;
}

/* Whether a word stands in a list of words. */
static bool
is_one_of(const char *words, const char *word, bool fold)
{
	size_t n;

	for (; *words != '\0'; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (strlen(word) == n &&
		    (fold ? strncasecmp : strncmp)(words, word, n) == 0)
			return true;
	}
	return false;
}

/* What is said of a server behind its name. */
static bool
read_traits(struct server_spec *s, const struct form *form,
    const struct lines *l, char *at)
{
	const char *word, *value;
	const struct trait *t;
	bool ignored;

	while ((word = entry_word(&at, form)) != NULL) {
		if (is_one_of(form->flags, word, form->fold))
			continue;
		t = trait_find(form->traits, word, form->fold);
		ignored = is_one_of(form->values, word, form->fold);
		if (t == NULL && !ignored)
			return lines_fault(l,
			    "\"%.80s\": no option of a server that %s knows",
			    word, form->name);
		value = ignored || t->takes_value ? entry_word(&at, form) : "";
		if (value == NULL)
			return lines_fault(l, "%s: needs a value", word);
		if (!ignored && !t->set(s, value))
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

/* One more server, of which name may tell the port too; NULL after telling. */
static struct server_spec *
add_host(struct servers *servers, const struct lines *l, char *name)
{
	struct server_spec *s;
	const char *wrong;
	char text[81];

	snprintf(text, sizeof(text), "%s", name);
	servers->from = l->name;
	if ((s = servers_blank(servers)) == NULL)
		wrong = servers_error();
	else if ((wrong = servers_host(s, name)) == NULL)
		return s;
	(void)lines_fault(l, "\"%s\": %s", text, wrong);
	return NULL;
}

static bool
read_server(struct servers *servers, const struct form *form,
    const struct lines *l, char *at, bool pool)
{
	struct server_spec said = { .family = AF_UNSPEC }, *s;
	bool guarded;
	char *name;

	if ((name = read_name(&said, form, &at)) == NULL)
		return lines_fault(l, "no server is named");
	if (is_refclock(name))
		return entry_none(l, name);
	guarded = entry_is_guarded(at);
	if ((s = add_host(servers, l, name)) != NULL) {
		s->family = said.family;
		s->pool = pool;
	}
	if (s == NULL || !read_traits(s, form, l, at)) {
		servers->guarded |= guarded;
		return false;
	}
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
	bool good = true;
	char *word;

	while ((word = entry_word(&rest, form)) != NULL)
		if (add_host(servers, l, word) != NULL)
			servers->n++;
		else
			good = false;
	return good;
}

bool
entry_hosts_or_none(struct servers *servers, const struct form *form,
    const struct lines *l, char *rest)
{
	if (rest[strspn(rest, form->gaps)] == '\0')
		servers->n = 0;
	return entry_hosts(servers, form, l, rest);
}

bool
entry_hosts_instead(struct servers *servers, const struct form *form,
    const struct lines *l, char *rest)
{
	servers->n = 0;
	return entry_hosts(servers, form, l, rest);
}
