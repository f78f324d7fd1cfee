#ifndef CLI_ENTRY_H
#define CLI_ENTRY_H

#include <stdbool.h>

struct directive;
struct form;
struct lines;
struct servers;

/* The next word of a line, cut off; NULL: there is none. */
char *entry_word(char **at, const struct form *);

/*
 * What a line is about, by the word that it begins with; *at is then behind
 * that.  NULL: nothing that concerns us.
 */
const struct directive *entry_directive(char **at, const struct form *);

/*
 * The rest of such a line, which is cut to pieces.  False after telling about a
 * fault.
 */
typedef bool entry_fn(
    struct servers *, const struct form *, const struct lines *, char *rest);

entry_fn entry_server, entry_pool; /* one, and what is said of it */
entry_fn entry_hosts;              /* hosts and nothing else */
entry_fn entry_hosts_or_none;      /* none: those so far are forgotten */
entry_fn entry_hosts_instead;      /* of those so far */

/*
 * Whether the rest of a line speaks of authentication, however little else of
 * it is understood.
 */
bool entry_is_guarded(const char *rest);

/* It names something that is no server of the network.  True. */
bool entry_none(const struct lines *, const char *word);
#endif
