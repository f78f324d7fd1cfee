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
 * The rest of such a line, which is cut to pieces: one server, one pool, or
 * hosts and nothing else (if there is none, those so far are forgotten).  False
 * after telling about a fault.
 */
bool entry_server(struct servers *, const struct form *, const struct lines *,
    char *rest) __attribute__((warn_unused_result));
bool entry_pool(struct servers *, const struct form *, const struct lines *,
    char *rest) __attribute__((warn_unused_result));
bool entry_hosts(struct servers *, const struct form *, const struct lines *,
    char *rest) __attribute__((warn_unused_result));

/* It names something that is no server of the network.  True. */
bool entry_none(const struct lines *, const char *word);
#endif
