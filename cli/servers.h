#ifndef CLI_SERVERS_H
#define CLI_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

#define SERVERS_MAX 100000

struct server_spec;

/* The servers named so far; grows. */
struct servers {
	struct server_spec *list;
	unsigned n, room;
	const char *from; /* who names those that come now */
	bool guarded;     /* one of those not understood is authenticated */
};

/*
 * Reads a server word of command.md and adds it.  False, after a message that
 * begins with where and a colon, when it is none.
 */
bool servers_word(struct servers *, const char *word, const char *where)
    __attribute__((warn_unused_result));

/*
 * Adds what a list file names, one server a line; "-" is stdin.  False, after a
 * message with file and line, when it cannot be read or has a bad line.
 */
bool servers_file(struct servers *, const char *path)
    __attribute__((warn_unused_result));

/*
 * For other languages than ours: a server of which nothing is known yet.  It
 * counts once the caller adds 1 to servers->n.  NULL with errno, which
 * servers_error puts in words.
 */
struct server_spec *servers_blank(struct servers *);
const char *servers_error(void);

/*
 * Reads "host", "host:port", "[v6]:port" or "v6", cutting it to pieces.  NULL,
 * or what is wrong with it.
 */
const char *servers_host(struct server_spec *, char *text)
    __attribute__((warn_unused_result));

/* Of those with the same name, port and family only the first stays. */
void servers_unique(struct servers *);

/* Who named them, each once, as far as there is room. */
void servers_tell_from(const struct servers *, char *buf, size_t size);

/* The servers that fit stay, in their order. */
void servers_keep(struct servers *, bool (*fits)(const struct server_spec *));
#endif
