#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/range.h"
#include "base/types.h"
#include "report/file.h"

struct report_to;
struct style;

/* One way to tell an outcome. */
struct report_format {
	const char *name;
	void (*print)(FILE *, const struct report_to *, const struct outcome *);
	/*
	 * The exit status in this format's language; NULL: ours.  The outcome
	 * is NULL when there is none, after bad usage or an internal error.
	 */
	int (*status)(
	    int ours, const struct report_to *, const struct outcome *);
	void (*fail)(const char *why); /* and what stdout then gets, or NULL */
};

/* All that --format knows, the default first; ends with a NULL name. */
extern const struct report_format report_formats[];

/* What the lines of another program take. */
struct report_persona {
	const char *log; /* the file they go to as well; NULL: none */
	bool syslog, tells_version;
	bool each; /* a line for each server, not for the best alone */
	int64_t step_over_ns; /* of an offset that was only measured */
};

/* How and where to tell. */
struct report_to {
	const struct report_format *format;
	const char *path; /* NULL: stdout */
	struct file file; /* where that leads */
	bool quiet;       /* nothing when all went well */
	bool syslog;      /* there too */
	struct report_persona persona;
	struct range warn, crit; /* of the size of the offset, for a plugin */
};

/*
 * Before anybody is asked: finds where the report goes.  False, after a
 * message, if it could not be written there.
 */
bool report_ready(struct report_to *) __attribute__((warn_unused_result));

/*
 * Tells the outcome and returns the exit status that goes with it;
 * EXIT_INTERNAL, after a message, when it could not be told.
 */
int report(struct report_to *, const struct outcome *);

/* When there is no outcome: the exit status that stands for ours. */
int report_failure(const struct report_to *, int ours);

/* Our exit status that goes with an outcome. */
int report_status(const struct outcome *);

/* The best of those that agree, or NULL. */
const struct source *report_best(const struct outcome *);

/* What time it is now, by the verdict, whatever became of the clock since. */
int64_t report_time_ns(const struct outcome *);

/* Whether the clock was stepped or slewed, or would be in a dry run. */
bool report_moves(const struct outcome *);

/* Under -v: what is known of every server, to stderr. */
void report_detail(const struct outcome *);

/* One line of it to the log of the system, more urgent by the exit status. */
void report_syslog(const struct outcome *, int status);

/* Those that speak as another program does: no --format, but its name. */
extern const struct report_format report_ntpdate, report_sntp;

/* The formats, each in a file of its own. */
void text_print(FILE *, const struct report_to *, const struct outcome *);
void json_print(FILE *, const struct report_to *, const struct outcome *);
void chart_print(FILE *, const struct report_to *, const struct outcome *);
void prometheus_print(FILE *, const struct report_to *, const struct outcome *);
void nagios_print(FILE *, const struct report_to *, const struct outcome *);

/* And what they say in their exit status, and where there is no outcome. */
void nagios_fail(const char *why);
int nagios_status(int ours, const struct report_to *, const struct outcome *);

/* What the text begins a server's line with, and what it ends with. */
char text_mark(const struct source *);
void text_sentences(FILE *, const struct outcome *, const struct style *);
#endif
