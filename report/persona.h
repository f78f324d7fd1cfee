#ifndef REPORT_PERSONA_H
#define REPORT_PERSONA_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct clock_action;
struct outcome;
struct report_persona;
struct report_to;
struct source;

#define PERSONA_SIZE 512

/*
 * "ntpdate 4.2.8p15@ntpsync-0.1.0 Sun Nov 22 09:12:00 UTC 2026 (1)": whose
 * lines, who prints them, and when that was built.  Returns buf.
 */
const char *persona_version(char buf[PERSONA_SIZE],
    const struct report_persona *, const struct outcome *);

/* A moment as the local time zone has it. */
struct tm persona_local(int64_t real_ns);

/* The best of those that agree, or NULL. */
const struct source *persona_best(const struct outcome *);

/* Whether a name has no address, and no source before this one said so. */
bool persona_unresolved(const struct outcome *, unsigned index);

/* Why it has none, as getaddrinfo() would say. */
int persona_lookup_error(const struct source *);

/*
 * Whether it was to be a step; of what failed before anybody was asked the
 * options tell.
 */
bool persona_steps(const struct report_to *, const struct clock_action *);

/* The status of programs that only know good and bad. */
int persona_status(int ours);
#endif
