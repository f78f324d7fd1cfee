#ifndef CLI_PERSONA_H
#define CLI_PERSONA_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"

struct settings;

/*
 * The command lines of other programs: from the same defaults to the same
 * settings, and to a report in that program's lines.
 */
typedef enum options persona_fn(struct settings *, int argc, char *argv[]);

/* Who is called by this name, folders aside; NULL: nobody but ntpsync. */
persona_fn *persona_find(const char *path);

persona_fn ntpdate_read, sntp_read;

/*
 * Adds a host, each of whose addresses has a vote.  What is no name is looked
 * up all the same, and told as any other that is not known.  False, after a
 * message, if there is no memory for it.
 */
bool persona_host(struct settings *, const char *host)
    __attribute__((warn_unused_result));

/* The NTP version to speak, and how much detail -d asks for. */
void persona_apply(struct settings *, unsigned version, unsigned debug);

/* A number of digits and at most one point only, in seconds. */
bool persona_seconds(int64_t *ns, const char *text)
    __attribute__((warn_unused_result));
#endif
