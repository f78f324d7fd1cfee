/*
 * Which addresses are asked, and who has a vote.
 *
 * One name, one vote: the first address of each family is asked at once, the
 * next ones only when these fail, and the best reply speaks for the name.  A
 * pool, and a name given all alone, has a vote for each of up to max addresses.
 * The same address is never asked on behalf of two names.
 */

#include "net/roster.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/now.h"
#include "base/types.h"
#include "net/resolve.h"

#define FAMILIES 2

static const int families[FAMILIES] = { AF_INET6, AF_INET };

/* What is known of one server_spec beside its sources. */
struct name {
	struct source *row; /* the one it has from the start */
	struct addrinfo *lists[FAMILIES], *unasked[FAMILIES];
	unsigned lookups; /* under way */
	unsigned asked;   /* addresses so far */
	int error;        /* EAI_... of a lookup that failed */
};

static bool
is_pool(const struct roster *ro, unsigned spec)
{
	return ro->ask->servers[spec].pool;
}

/* There is no authentication in this build, so what needs it is not used. */
static bool
only_shown(const struct server_spec *spec)
{
	return spec->noselect || spec->nts || spec->key != 0;
}

static void
end(struct source *src, enum fault fault, int error)
{
	src->fault = fault;
	src->error = error;
	src->done = true;
}

/* A new row of the measurement; NULL when there is no memory. */
static struct source *
add_source(struct roster *ro, unsigned spec, unsigned vote)
{
	struct measurement *m = ro->m;
	struct source **more, *src;

	if (m->nsources == m->room) {
		m->room = m->room * 2 + ro->ask->nservers;
		more = realloc(m->sources, m->room * sizeof(struct source *));
		if (more == NULL)
			return NULL;
		m->sources = more;
	}
	src =
	    calloc(1, sizeof(*src) + ro->ask->samples * sizeof(struct sample));
	if (src == NULL)
		return NULL;
	src->spec = spec;
	src->vote = vote;
	src->first = src;
	src->noselect = only_shown(&ro->ask->servers[spec]);
	src->offset_ns = src->delay_ns = src->bound_ns = src->jitter_ns = -1;
	m->sources[m->nsources++] = src;
	return src;
}

/*
 * A further address of a name: a row of its own, linked to the first.  In a
 * pool it has a vote of its own, unless it comes in place of another.
 */
static struct source *
add_sibling(struct roster *ro, unsigned spec, const struct source *failed)
{
	struct source *last = ro->names[spec].row, *src;
	unsigned vote = failed != NULL ? failed->vote : last->vote;

	while (last->sibling != NULL)
		last = last->sibling;
	if (is_pool(ro, spec) && failed == NULL)
		vote = ro->m->nvotes++;
	if ((src = add_source(ro, spec, vote)) == NULL)
		return NULL;
	src->first = last->first;
	last->sibling = src;
	return src;
}

static int
address_order(const void *a, const void *b)
{
	return addr_order(a, b);
}

/*
 * The source that has this address already, NULL: none.  Who was measured only
 * is used from now on, if this server is to be.
 */
static struct source *
known(struct roster *ro, unsigned spec, const struct server_addr *addr)
{
	struct source **node = tfind(addr, &ro->known, address_order);

	if (node == NULL)
		return NULL;
	if ((*node)->noselect && !only_shown(&ro->ask->servers[spec])) {
		(*node)->noselect = false;
		(*node)->vote = ro->names[spec].row->vote;
	}
	return *node;
}

/*
 * An address joins, in place of one that has failed if that is not NULL.  1: it
 * does, 0: it has joined before, -1: no memory.
 */
static int
join(struct roster *ro, unsigned spec, const struct server_addr *addr,
    const struct source *failed)
{
	struct name *name = &ro->names[spec];
	struct source *src = name->row;

	if (known(ro, spec, addr) != NULL)
		return 0;
	if (name->asked > 0 && (src = add_sibling(ro, spec, failed)) == NULL)
		return -1;
	src->addr = *addr;
	src->waiting_mono_ns = 0;
	src->overdue = false;
	/* Its address is the first member: a source is found by it. */
	if (tsearch(src, &ro->known, address_order) == NULL)
		return -1;
	name->asked++;
	*ro->fresh_end = src;
	ro->fresh_end = &src->next;
	return 1;
}

/* The next address of a list that has not joined before joins, if any. */
static int
join_next(struct roster *ro, unsigned spec, struct addrinfo **list,
    const struct source *failed)
{
	struct server_addr addr = { 0 };
	const struct addrinfo *ai;
	int joined = 0;

	while (joined == 0 && (ai = *list) != NULL) {
		*list = ai->ai_next;
		memcpy(&addr.ss, ai->ai_addr, ai->ai_addrlen);
		addr.len = ai->ai_addrlen;
		addr_normalise(&addr);
		joined = join(ro, spec, &addr, failed);
	}
	return joined;
}

/* Addresses of a list join until the name has so many. */
static int
join_until(struct roster *ro, unsigned spec, struct addrinfo **list, unsigned n)
{
	int joined = 1;

	while (joined == 1 && ro->names[spec].asked < n)
		joined = join_next(ro, spec, list, NULL);
	return joined == -1 ? -1 : 0;
}

/*
 * What a lookup brought: its first address joins.  Of a pool, up to max join,
 * but not more than half of them before the other family has been looked up.
 */
static int
join_found(struct roster *ro, unsigned spec, int f)
{
	struct name *name = &ro->names[spec];
	unsigned max = ro->ask->servers[spec].max;

	if (!is_pool(ro, spec))
		return join_until(ro, spec, &name->unasked[f], name->asked + 1);
	if (name->lookups > 0)
		max = (max + 1) / 2;
	if (join_until(ro, spec, &name->unasked[f], max) == -1)
		return -1;
	return join_until(ro, spec, &name->unasked[!f], max);
}

static int
take_in(struct roster *ro, const struct lookup *l)
{
	struct name *name = &ro->names[l->spec];
	int f = l->family == families[0] ? 0 : 1;

	name->lookups--;
	name->row->looking_up = name->lookups > 0;
	name->lists[f] = name->unasked[f] = l->list;
	if (l->error != 0)
		name->error = l->error;
	if (join_found(ro, l->spec, f) == -1)
		return -1;
	if (name->asked > 0 || name->lookups > 0)
		return 0;
	if (name->lists[0] != NULL || name->lists[1] != NULL)
		end(name->row, FAULT_SAME, 0);
	else
		end(name->row, FAULT_LOOKUP, name->error);
	return 0;
}

/* Begins to look up a name; one that cannot be does not stop the others. */
static void
look_up(struct roster *ro, unsigned i)
{
	const struct server_spec *spec = &ro->ask->servers[i];
	struct lookup l = { .spec = i, .port = spec->port, .host = spec->name };
	struct name *name = &ro->names[i];
	int f;

	if (ro->resolver == NULL)
		ro->resolver = resolver_new();
	for (f = 0; f < FAMILIES; f++) {
		l.family = families[f];
		if (spec->family != AF_UNSPEC && spec->family != l.family)
			continue;
		if (ro->resolver != NULL && resolver_add(ro->resolver, &l))
			name->lookups++;
	}
	name->row->looking_up = name->lookups > 0;
	if (name->lookups == 0)
		end(name->row, FAULT_LOOKUP, EAI_MEMORY);
}

static int
enter(struct roster *ro, unsigned i)
{
	const struct server_spec *spec = &ro->ask->servers[i];
	struct source *row = add_source(ro, i, i);
	struct server_addr addr = { 0 };
	int joined;

	if ((ro->names[i].row = row) == NULL)
		return -1;
	row->waiting_mono_ns = ro->m->began_mono_ns;
	if (!addr_parse(&addr, spec->name, spec->port)) {
		look_up(ro, i);
		return 0;
	}
	if (spec->family != AF_UNSPEC && spec->family != addr.ss.ss_family) {
		end(row, FAULT_FAMILY, 0);
		return 0;
	}
	if ((joined = join(ro, i, &addr, NULL)) == 0)
		end(row, FAULT_SAME, 0);
	return joined == -1 ? -1 : 0;
}

int
roster_open(struct roster *ro, struct measurement *m, const struct ask *ask)
{
	unsigned i;

	*ro = (struct roster){ .m = m, .ask = ask };
	ro->fresh_end = &ro->fresh;
	m->nvotes = ask->nservers;
	ro->names = calloc(ask->nservers, sizeof(*ro->names));
	if (ro->names == NULL)
		return -1;
	for (i = 0; i < ask->nservers; i++)
		if (enter(ro, i) == -1)
			return -1;
	return 0;
}

int
roster_update(struct roster *ro)
{
	struct lookup l;

	while (ro->resolver != NULL && resolver_take(ro->resolver, &l))
		if (take_in(ro, &l) == -1)
			return -1;
	return 0;
}

struct source *
roster_fresh(struct roster *ro)
{
	struct source *src = ro->fresh;

	if (src != NULL && (ro->fresh = src->next) == NULL)
		ro->fresh_end = &ro->fresh;
	return src;
}

void
roster_put_back(struct roster *ro, struct source *src)
{
	if ((src->next = ro->fresh) == NULL)
		ro->fresh_end = &src->next;
	ro->fresh = src;
}

/* Of a name's addresses, those that have answered or may yet. */
static unsigned
hopes(const struct name *name)
{
	const struct source *src;
	unsigned n = 0;

	for (src = name->row; src != NULL; src = src->sibling)
		n += src->nsamples > 0 ||
		     (!src->done && !src->overdue && src->refused_mono_ns == 0);
	return n;
}

int
roster_replace(struct roster *ro, const struct source *src)
{
	struct name *name = &ro->names[src->spec];
	unsigned enough = 1;
	int f, joined = 0;

	if (is_pool(ro, src->spec))
		enough = ro->ask->servers[src->spec].max;
	if (hopes(name) >= enough)
		return 0;
	for (f = 0; f < FAMILIES && joined == 0; f++)
		joined = join_next(ro, src->spec, &name->unasked[f], src);
	return joined == -1 ? -1 : 0;
}

int
roster_fd(const struct roster *ro)
{
	return ro->resolver == NULL ? -1 : resolver_fd(ro->resolver);
}

/*
 * The rows in the order of the servers, each followed by its siblings.  They
 * are written back over themselves: the first nservers are the rows, in order.
 */
static void
sort_sources(struct roster *ro)
{
	struct source **at = ro->m->sources, *src;
	unsigned i;

	for (i = 0; i < ro->ask->nservers && ro->names[i].row != NULL; i++)
		for (src = ro->names[i].row; src != NULL; src = src->sibling)
			*at++ = src;
}

void
roster_close(struct roster *ro)
{
	unsigned i, f;

	if (ro->names != NULL)
		sort_sources(ro);
	for (i = 0; ro->names != NULL && i < ro->ask->nservers; i++)
		for (f = 0; f < FAMILIES; f++)
			if (ro->names[i].lists[f] != NULL)
				freeaddrinfo(ro->names[i].lists[f]);
	free(ro->names);
	if (ro->resolver != NULL)
		resolver_close(ro->resolver);
}
