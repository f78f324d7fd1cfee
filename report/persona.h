#ifndef REPORT_PERSONA_H
#define REPORT_PERSONA_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct clock_action;
struct outcome;
struct report_to;
struct source;

#define PERSONA_SIZE 512

/*
 * "ntpdate 4.2.8p15@ntpsync-0.1.0 Sun Nov 22 09:12:00 UTC 2026 (1)": whose
 * lines, who prints them, and when that was built.  Returns buf.
 */
const char *
persona_version(char buf[PERSONA_SIZE], const char *name, const char *program);

/* Three letters for each. */
extern const char persona_months[];

/* A moment as the local time zone has it. */
struct tm persona_local(int64_t real_ns);

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
int persona_status(int ours, const struct report_to *, const struct outcome *);
#endif
