#ifndef CLI_SERVERS_H
#define CLI_SERVERS_H

#include <stdbool.h>

/* The servers named so far; grows. */
struct servers {
	struct server_spec *list;
	unsigned n, room;
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
#endif
