#ifndef CLI_TRAITS_H
#define CLI_TRAITS_H

#include <stdbool.h>
#include <stddef.h>

struct server_spec;

/* A word about a server, in one of the languages in which servers are named. */
struct trait {
	const char *name; /* NULL ends a table */
	bool takes_value;
	bool (*set)(struct server_spec *, const char *value);
};

#define POOL_MAX 16 /* addresses of one pool */

/*
 * What a trait may set.  False when the value is none for it; "" stands for
 * nothing behind "=".
 */
bool trait_noselect(struct server_spec *, const char *);
bool trait_pool(struct server_spec *, const char *);
bool trait_max(struct server_spec *, const char *);     /* 1 to POOL_MAX */
bool trait_version(struct server_spec *, const char *); /* 3 or 4 */
bool trait_older(struct server_spec *, const char *);   /* 1 to 4, as 3 or 4 */
bool trait_sources(struct server_spec *, const char *); /* more than POOL_MAX */
bool trait_port(struct server_spec *, const char *);
bool trait_ipv4(struct server_spec *, const char *);
bool trait_ipv6(struct server_spec *, const char *);
bool trait_key(struct server_spec *, const char *);
bool trait_nts(struct server_spec *, const char *);
bool trait_nothing(struct server_spec *, const char *);

/* The trait of that name, in upper or lower case if fold; NULL: none. */
const struct trait *
trait_find(const struct trait *table, const char *name, bool fold);
#endif
