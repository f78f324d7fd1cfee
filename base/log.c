/*
 * What goes to stderr.
 *
 * Trouble always, detail under -v, packets under -d.  A line is written with
 * one call, so that lines of threads and processes do not mix.  The report is
 * not a log: it goes its own way, through report/.
 */

#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum log_level level = LOG_NORMAL;
static bool live; /* a line is shown that the next one replaces */

void
log_set(enum log_level l)
{
	level = l;
}

int
log_wants(enum log_level l)
{
	return level >= l;
}

static void __attribute__((format(printf, 3, 0)))
say(const char *prefix, const char *reason, const char *fmt, va_list ap)
{
	char line[512], *p;

	vsnprintf(line, sizeof(line), fmt, ap);
	for (p = line; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?'; /* it may hold what a stranger wrote */
	fprintf(stderr, "%s%s%s%s\n", prefix, line, reason ? ": " : "",
	    reason ? reason : "");
}

void
log_warn(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	say("ntpsync: ", strerror(saved), fmt, ap);
	va_end(ap);
	errno = saved;
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("ntpsync: ", NULL, fmt, ap);
	va_end(ap);
}

void
log_notice(const char *fmt, ...)
{
	va_list ap;

	if (level < LOG_NORMAL)
		return;
	log_live(NULL);
	va_start(ap, fmt);
	say("ntpsync: ", NULL, fmt, ap);
	va_end(ap);
}

void
log_live(const char *fmt, ...)
{
	char line[128] = "";
	va_list ap;

	if (level < LOG_NORMAL || !isatty(STDERR_FILENO) ||
	    (fmt == NULL && !live))
		return;
	live = fmt != NULL;
	va_start(ap, fmt);
	if (fmt != NULL)
		vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r%s\033[K", line);
}

void
log_waiting(const char *fmt, ...)
{
	va_list ap;

	if (level < LOG_NORMAL ||
	    (level == LOG_NORMAL && !isatty(STDERR_FILENO)))
		return;
	va_start(ap, fmt);
	say("", NULL, fmt, ap);
	va_end(ap);
}

void
log_verbose(const char *fmt, ...)
{
	va_list ap;

	if (level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	say("", NULL, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (level < LOG_DEBUG)
		return;
	va_start(ap, fmt);
	say("", NULL, fmt, ap);
	va_end(ap);
}
