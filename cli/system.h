#ifndef CLI_SYSTEM_H
#define CLI_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

struct servers;

/*
 * The servers that this system's own time configuration names, in the order of
 * command.md.  If there are none they are waited for as long as *wait_ns, which
 * is then what is left of it; false after messages when there still are none.
 */
bool system_servers(struct servers *, int64_t *wait_ns)
    __attribute__((warn_unused_result));

/*
 * The servers that a file of another time program names, and what it includes.
 * False after a message with file and line when it cannot be read, has a line
 * that is not understood, or names none.
 */
bool system_config(struct servers *, const char *path)
    __attribute__((warn_unused_result));
#endif
