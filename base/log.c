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
#include <sys/ioctl.h>
#include <unistd.h>

static enum log_level level = LEVEL_NORMAL;
static const char *name = "ntpsync";
static bool terminal;   /* it goes to one */
static bool relayed;    /* it goes to our parent, who passes it on */
static bool live;       /* a line is shown that the next one replaces */
static char first[640]; /* trouble that was told */

void
log_set(enum log_level l)
{
	level = l;
	terminal = isatty(STDERR_FILENO);
}

void
log_name(const char *called)
{
	name = called;
}

int
log_wants(enum log_level l)
{
	return level >= l;
}

/* What fits beside the cursor: a line that wraps could not be taken away. */
static int
live_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
		return size.ws_col - 1;
	return 79;
}

/* It may hold what a stranger wrote. */
static void
make_printable(char *line)
{
	for (; *line != '\0'; line++)
		if (*line < ' ' || *line > '~')
			*line = '?';
}

static void __attribute__((format(printf, 3, 0)))
say(const char *who, const char *reason, const char *fmt, va_list ap)
{
	char line[512];

	log_live(NULL);
	vsnprintf(line, sizeof(line), fmt, ap);
	make_printable(line);
	fprintf(stderr, "%s%s%s%s%s\n", who, *who != '\0' ? ": " : "", line,
	    reason ? ": " : "", reason ? reason : "");
	if (first[0] == '\0' && *who != '\0')
		snprintf(first, sizeof(first), "%s%s%s", line,
		    reason ? ": " : "", reason ? reason : "");
}

const char *
log_first(void)
{
	return first;
}

void
log_warn(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	say(name, strerror(saved), fmt, ap);
	va_end(ap);
	errno = saved;
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(name, NULL, fmt, ap);
	va_end(ap);
}

void
log_notice(const char *fmt, ...)
{
	va_list ap;

	if (level < LEVEL_NORMAL)
		return;
	va_start(ap, fmt);
	say(name, NULL, fmt, ap);
	va_end(ap);
}

bool
log_has_live(void)
{
	return level >= LEVEL_NORMAL && terminal;
}

void
log_live(const char *fmt, ...)
{
	char line[128] = "";
	va_list ap;

	if (!log_has_live() || (fmt == NULL && !live))
		return;
	live = fmt != NULL;
	va_start(ap, fmt);
	if (fmt != NULL)
		vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	make_printable(line);
	if (relayed)
		fprintf(stderr, "\r%s\n", line);
	else
		fprintf(stderr, "\r%.*s\033[K", live_columns(), line);
}

void
log_waiting(const char *fmt, ...)
{
	va_list ap;

	if (level < LEVEL_NORMAL || (level == LEVEL_NORMAL && !terminal))
		return;
	va_start(ap, fmt);
	say("", NULL, fmt, ap);
	va_end(ap);
}

void
log_verbose(const char *fmt, ...)
{
	va_list ap;

	if (level < LEVEL_VERBOSE)
		return;
	va_start(ap, fmt);
	say("", NULL, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (level < LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	say("", NULL, fmt, ap);
	va_end(ap);
}

void
log_by_parent(void)
{
	relayed = true;
}

void
log_relay(char *line)
{
	make_printable(*line == '\r' ? line + 1 : line);
	if (*line != '\r') {
		log_live(NULL);
		fprintf(stderr, "%s\n", line);
	} else if (line[1] != '\0')
		log_live("%s", line + 1);
	else
		log_live(NULL);
}
