#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LEVEL_SILENT, LEVEL_NORMAL, LEVEL_VERBOSE, LEVEL_DEBUG };

/* How much goes to stderr beside trouble; set once from --quiet, -v and -d. */
void log_set(enum log_level);

/* What trouble begins with instead of "ntpsync"; lives as long as its user. */
void log_name(const char *);

/* Whether that much is wanted, where preparing the words costs something. */
int log_wants(enum log_level);

/* Trouble: "ntpsync: words", and for log_warn ": " and the errno in words. */
void log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *, ...) __attribute__((format(printf, 1, 2)));

/* The first trouble that was told, or notice; "" if there was none. */
const char *log_first(void);

/* What is not trouble yet: "ntpsync: words", but not when silent. */
void log_notice(const char *, ...) __attribute__((format(printf, 1, 2)));

/*
 * A line on a terminal that the next one replaces; NULL takes it away.  Nothing
 * elsewhere, nor when silent.
 */
void log_live(const char *, ...) __attribute__((format(printf, 1, 2)));

/* Whether anybody would see such a line. */
bool log_has_live(void);

/* What is being waited for: to a person at a terminal, and under -v. */
void log_waiting(const char *, ...) __attribute__((format(printf, 1, 2)));

/* Said under -v (and -d), and under -d only. */
void log_verbose(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));

/* In a child: our parent reads what we write to stderr, and passes it on. */
void log_by_parent(void);

/* In the parent: a line of the child's, which is made printable. */
void log_relay(char *line);
#endif
