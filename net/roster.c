/*
 * Which addresses are asked, and who has a vote.
 *
 * One name, one vote: the first address of each family is asked at once, the
 * next ones only when these fail, and the best reply speaks for the name.  A
 * pool, and a name given all alone, has a vote for each of up to max addresses.
 * The same address is never asked on behalf of two names.
 */

#include "net/roster.h"

#include <search.h>
#include <stdlib.h>

#include "base/addr.h"
#include "base/types.h"
#include "select/settle.h"

/* What is known of one server_spec beside its sources. */
struct member {
	struct source *row; /* the one it has from the start */
	bool is_name;       /* no numeric address */
	unsigned asked;     /* addresses so far */
	unsigned answers;   /* of name servers, after the first ones */
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

bool
roster_only_shows(const struct ask *ask, unsigned spec, unsigned vote)
{
	return only_shown(&ask->servers[spec]) &&
	       (vote >= ask->nservers || only_shown(&ask->servers[vote]));
}

static void
end(struct source *src, enum fault fault, int error)
{
	src->fault = fault;
	src->error = error;
	src->done = true;
}

/* A name has no address of its own; under --wait it may get one later. */
static void
end_lookup(const struct roster *ro, struct source *row, int error)
{
	end(row, error != 0 ? FAULT_LOOKUP : FAULT_SAME, error);
	row->done = ro->ask->wait_ns == 0;
	row->resting = !row->done && error == 0;
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
	src->noselect = roster_only_shows(ro->ask, spec, vote);
	src->offset_ns = src->delay_ns = src->bound_ns = src->jitter_ns = -1;
	m->sources[m->nsources++] = src;
	return src;
}

/*
 * A further address of a name: a row of its own, linked to the first.  In a
 * pool it has a vote of its own, unless it comes in place of another, or the
 * pool has none to give.
 */
static struct source *
add_sibling(struct roster *ro, unsigned spec, const struct source *failed)
{
	struct source *last = ro->members[spec].row, *src;
	unsigned vote = failed != NULL ? failed->vote : last->vote;

	while (last->sibling != NULL)
		last = last->sibling;
	if (only_shown(&ro->ask->servers[spec]))
		vote = spec;
	else if (is_pool(ro, spec) && failed == NULL)
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
		(*node)->vote = ro->members[spec].row->vote;
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
	struct member *e = &ro->members[spec];
	struct source *src = e->row;

	if (known(ro, spec, addr) != NULL)
		return 0;
	if (e->asked > 0 && (src = add_sibling(ro, spec, failed)) == NULL)
		return -1;
	src->addr = *addr;
	src->waiting_mono_ns = 0;
	src->overdue = src->resting = false;
	src->fault = FAULT_NONE;
	/* Its address is the first member: a source is found by it. */
	if (tsearch(src, &ro->known, address_order) == NULL)
		return -1;
	e->asked++;
	*ro->fresh_end = src;
	ro->fresh_end = &src->next;
	return 1;
}

/* The next address of a family that has not joined before joins, if any. */
static int
join_next(struct roster *ro, unsigned spec, int f, const struct source *failed)
{
	const struct member *e = &ro->members[spec];
	struct server_addr addr;
	int joined = 0;

	while (joined == 0 && e->asked < ADDRESSES_MAX + e->answers &&
	       names_next(&ro->names, spec, f, &addr))
		joined = join(ro, spec, &addr, failed);
	return joined;
}

/* Addresses of a family join until the server has so many. */
static int
join_until(struct roster *ro, unsigned spec, int f, unsigned n)
{
	int joined = 1;

	while (joined == 1 && ro->members[spec].asked < n)
		joined = join_next(ro, spec, f, NULL);
	return joined == -1 ? -1 : 0;
}

/*
 * What a lookup brought: its first address joins.  Of a pool, up to max join,
 * but not more than half of them before the other family has been looked up.
 */
static int
join_found(struct roster *ro, unsigned spec, int f)
{
	unsigned max = ro->ask->servers[spec].max;

	if (!is_pool(ro, spec))
		return join_until(ro, spec, f, ro->members[spec].asked + 1);
	if (!names_answered(&ro->names, spec))
		max = (max + 1) / 2;
	if (join_until(ro, spec, f, max) == -1)
		return -1;
	return join_until(ro, spec, !f, max);
}

static bool
is_hopeful(const struct source *src)
{
	return src->nsamples > 0 ||
	       (!src->done && !src->overdue && !src->resting && !src->unsent &&
		   src->refused_mono_ns == 0);
}

/* The name may have moved: new addresses join in place of those that failed. */
static int
replace_failed(struct roster *ro, struct source *row)
{
	struct source *src;

	for (src = row; src != NULL; src = src->sibling)
		if (!is_hopeful(src) && roster_replace(ro, src) == -1)
			return -1;
	return 0;
}

/* What was looked up: addresses join, or the name has none. */
static int
take_in(struct roster *ro, unsigned spec, int f, bool again)
{
	struct member *e = &ro->members[spec];
	int joined;

	e->row->looking_up = names_pending(&ro->names, spec) > 0;
	e->answers += again && e->answers < ANSWERS_MAX;
	if (again && e->asked > 0)
		joined = replace_failed(ro, e->row);
	else
		joined = join_found(ro, spec, f);
	if (joined == 0 && e->asked == 0 && !e->row->looking_up)
		end_lookup(ro, e->row, names_error(&ro->names, spec));
	return joined;
}

static void
look_up(struct roster *ro, unsigned i)
{
	struct source *row = ro->members[i].row;

	names_look_up(&ro->names, i);
	row->looking_up = names_pending(&ro->names, i) > 0;
	if (!row->looking_up && ro->members[i].asked == 0)
		end_lookup(ro, row, names_error(&ro->names, i));
}

void
roster_look_again(struct roster *ro, enum roster_look which)
{
	struct member *e;
	unsigned i;

	for (i = 0; i < ro->ask->nservers; i++) {
		e = &ro->members[i];
		if (!e->is_name || select_name_answered(e->row) ||
		    (which == LOOK_IDLE && e->row->looking_up))
			continue;
		if (which == LOOK_MOVED ||
		    (e->asked == 0 && e->row->fault != FAULT_SAME))
			look_up(ro, i);
	}
}

static int
enlist(struct roster *ro, unsigned i)
{
	const struct server_spec *spec = &ro->ask->servers[i];
	struct source *row = add_source(ro, i, i);
	struct server_addr addr = { 0 };
	int joined;

	if ((ro->members[i].row = row) == NULL)
		return -1;
	row->waiting_mono_ns = ro->m->began_mono_ns;
	if (!addr_parse(&addr, spec->name, spec->port)) {
		ro->members[i].is_name = true;
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
	ro->members = calloc(ask->nservers, sizeof(*ro->members));
	if (ro->members == NULL || names_open(&ro->names, ask) == -1)
		return -1;
	for (i = 0; i < ask->nservers; i++)
		if (enlist(ro, i) == -1)
			return -1;
	return 0;
}

int
roster_update(struct roster *ro)
{
	unsigned spec;
	bool again;
	int f;

	while (names_take(&ro->names, &spec, &f, &again))
		if (take_in(ro, spec, f, again) == -1)
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
hopes(const struct member *e)
{
	const struct source *src;
	unsigned n = 0;

	for (src = e->row; src != NULL; src = src->sibling)
		n += is_hopeful(src);
	return n;
}

int
roster_replace(struct roster *ro, const struct source *src)
{
	unsigned enough = 1;
	int f, joined = 0;

	if (is_pool(ro, src->spec))
		enough = ro->ask->servers[src->spec].max;
	if (hopes(&ro->members[src->spec]) >= enough)
		return 0;
	for (f = 0; f < FAMILIES && joined == 0; f++)
		joined = join_next(ro, src->spec, f, src);
	return joined == -1 ? -1 : 0;
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

	for (i = 0; i < ro->ask->nservers && ro->members[i].row != NULL; i++)
		for (src = ro->members[i].row; src != NULL; src = src->sibling)
			*at++ = src;
}

void
roster_close(struct roster *ro)
{
	if (ro->members != NULL)
		sort_sources(ro);
	free(ro->members);
	names_close(&ro->names);
}
