/*
 * The servers' names: what is being looked up, and the addresses that came of
 * it and were not used yet.
 */

#include "net/names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/now.h"
#include "base/types.h"
#include "net/resolve.h"

#define LOOKUPS_MAX 5 /* of a name: 4 left behind, and a new one */
#define HOPELESS_NS (15 * NS_PER_S) /* over TCP one may wait for ever */

static const int families[FAMILIES] = { AF_INET6, AF_INET };

struct name {
	struct addrinfo *lists[FAMILIES], *unused[FAMILIES];
	unsigned lookups[FAMILIES]; /* under way */
	bool answered[FAMILIES];    /* at least once, if with nothing */
	int next;                   /* family to be asked if some are */
	int64_t began_mono_ns;      /* the last one */
	int error;                  /* EAI_... of one that failed */
};

int
names_open(struct names *names, const struct ask *ask)
{
	*names = (struct names){ .ask = ask };
	names->list = calloc(ask->nservers, sizeof(*names->list));
	return names->list == NULL ? -1 : 0;
}

unsigned
names_pending(const struct names *names, unsigned i)
{
	return names->list[i].lookups[0] + names->list[i].lookups[1];
}

bool
names_answered(const struct names *names, unsigned i)
{
	const struct name *name = &names->list[i];
	int f;

	for (f = 0; f < FAMILIES; f++)
		if (!name->answered[f] && name->lookups[f] > 0)
			return false;
	return true;
}

int
names_error(const struct names *names, unsigned i)
{
	const struct name *name = &names->list[i];

	return name->lists[0] == NULL && name->lists[1] == NULL ? name->error
								: 0;
}

/*
 * Whether one more lookup of this family may be begun.  Where earlier ones have
 * not come back, the families take turns; if these are too many, there is one
 * more in a while, since whoever hangs now may hang for ever.
 */
static bool
may_look_up(const struct names *names, unsigned i, int f)
{
	int family = names->ask->servers[i].family;
	const struct name *name = &names->list[i];
	unsigned pending = names_pending(names, i);

	if (pending >= LOOKUPS_MAX &&
	    now_mono_ns() < name->began_mono_ns + HOPELESS_NS)
		return false;
	if (family != AF_UNSPEC)
		return family == families[f];
	return pending == 0 || f == name->next;
}

/* One that cannot be begun does not stop the others. */
void
names_look_up(struct names *names, unsigned i)
{
	const struct server_spec *spec = &names->ask->servers[i];
	struct lookup l = { .spec = i, .port = spec->port, .host = spec->name };
	struct name *name = &names->list[i];
	bool wanted[FAMILIES];
	int f;

	if (names->resolver == NULL)
		names->resolver = resolver_new();
	name->error = EAI_MEMORY;
	for (f = 0; f < FAMILIES; f++)
		wanted[f] = may_look_up(names, i, f);
	for (f = FAMILIES - 1; f >= 0 && names->resolver != NULL; f--) {
		l.family = families[f];
		if (!wanted[f] || !resolver_add(names->resolver, &l))
			continue;
		name->lookups[f]++;
		name->next = !f;
		name->began_mono_ns = now_mono_ns();
	}
}

bool
names_take(struct names *names, unsigned *i, int *f, bool *again)
{
	struct name *name;
	struct lookup l;

	if (names->resolver == NULL || !resolver_take(names->resolver, &l))
		return false;
	*i = l.spec;
	*f = l.family == families[0] ? 0 : 1;
	name = &names->list[l.spec];
	name->lookups[*f]--;
	name->answered[*f] = true;
	*again = name->lists[*f] != NULL;
	if (l.error != 0) {
		name->error = l.error;
		return true;
	}
	if (*again)
		freeaddrinfo(name->lists[*f]);
	name->lists[*f] = name->unused[*f] = l.list;
	return true;
}

bool
names_next(struct names *names, unsigned i, int f, struct server_addr *addr)
{
	const struct addrinfo *ai = names->list[i].unused[f];

	if (ai == NULL)
		return false;
	names->list[i].unused[f] = ai->ai_next;
	*addr = (struct server_addr){ .len = ai->ai_addrlen };
	memcpy(&addr->ss, ai->ai_addr, ai->ai_addrlen);
	addr_normalise(addr);
	return true;
}

int
names_fd(const struct names *names)
{
	return names->resolver == NULL ? -1 : resolver_fd(names->resolver);
}

int64_t
names_relieve(struct names *names, int64_t now_ns)
{
	return names->resolver == NULL
		   ? INT64_MAX
		   : resolver_relieve(names->resolver, now_ns);
}

void
names_close(struct names *names)
{
	unsigned i, f;

	for (i = 0; names->list != NULL && i < names->ask->nservers; i++)
		for (f = 0; f < FAMILIES; f++)
			if (names->list[i].lists[f] != NULL)
				freeaddrinfo(names->list[i].lists[f]);
	free(names->list);
	if (names->resolver != NULL)
		resolver_close(names->resolver);
}
