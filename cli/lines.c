/*
 * Text files, line by line.
 *
 * A line that is too long or holds a NUL is a fault, named with its number; CR
 * LF ends a line as LF does, and the mark that some editors put before the
 * first one is passed over.
 */

#include "cli/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define LINES_COUNT_MAX 10000000 /* /dev/zero and the like have no end */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool
is_null_device(const struct stat *st)
{
	struct stat null;

	return S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 &&
	       st->st_rdev == null.st_rdev;
}

/* NULL, or why such a file is not read. */
static const char *
unfit(const struct stat *st, enum lines_kind kind)
{
	if (S_ISDIR(st->st_mode))
		return strerror(EISDIR);
	if (kind == LINES_CONFIG && !S_ISREG(st->st_mode) &&
	    !is_null_device(st))
		return "not a regular file";
	return NULL;
}

/*
 * A configuration is looked at before it is opened, since to open a device does
 * something; nor does that wait, as it would for who writes to a pipe.
 */
const char *
lines_open(struct lines *l, const char *path, enum lines_kind kind)
{
	int flags = kind == LINES_CONFIG ? O_NONBLOCK : 0, fd;
	const char *wrong = NULL;
	struct stat st;

	l->name = path;
	if (kind == LINES_ANY && strcmp(path, "-") == 0) {
		l->name = "standard input";
		l->f = stdin;
		return NULL;
	}
	if (stat(path, &st) == -1)
		return strerror(errno);
	if ((wrong = unfit(&st, kind)) != NULL)
		return wrong;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
	if (fd == -1)
		return strerror(errno);
	if (fstat(fd, &st) == 0 && (wrong = unfit(&st, kind)) == NULL &&
	    (l->f = fdopen(fd, "r")) != NULL)
		return NULL;
	close(fd);
	return wrong != NULL ? wrong : strerror(errno);
}

static void __attribute__((format(printf, 3, 0))) tell(const struct lines *l,
    enum lines_telling telling, const char *fmt, va_list ap)
{
	char what[512], place[300];

	vsnprintf(what, sizeof(what), fmt, ap);
	snprintf(place, sizeof(place), "%.255s", l->name);
	if (l->number > 0)
		snprintf(place, sizeof(place), "%.255s:%u", l->name, l->number);
	if (telling == LINES_TELL)
		log_warnx("%s: %s", place, what);
	else if (telling == LINES_MENTION)
		log_verbose("%s: %s", place, what);
}

bool
lines_fault(const struct lines *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(l, l->telling, fmt, ap);
	va_end(ap);
	return false;
}

void
lines_note(const struct lines *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (l->telling != LINES_HUSH)
		tell(l, LINES_MENTION, fmt, ap);
	va_end(ap);
}

/* The first character that is no blank, from here on. */
static int
next_visible(FILE *f)
{
	int c;

	do
		c = getc(f);
	while (c == ' ' || c == '\t');
	return c;
}

/* To the end of the line, or to where it goes on too long or is no text. */
static int
skip_comment(FILE *f)
{
	unsigned n = 0;
	int c;

	do
		c = getc(f);
	while (c != '\n' && c != EOF && c != '\0' && n++ < LINES_MAX);
	return c;
}

static bool
is_comment(const struct lines *l, int c)
{
	return c > 0 && strchr(l->but, c) != NULL;
}

/*
 * Whether what has been read is only the beginning of a line, and the next one
 * belongs to it.  A comment is a line of its own; those in between are passed
 * over: systemd.syntax(7).  If one has no end, it leaves no room for more.
 */
static bool
goes_on(struct lines *l, size_t *n)
{
	size_t blanks = strspn(l->text, " \t");
	int c;

	if (!l->joins || *n == 0 || l->text[*n - 1] != '\\' ||
	    is_comment(l, l->text[blanks]))
		return false;
	l->text[*n - 1] = ' ';
	l->further++;
	while (is_comment(l, c = next_visible(l->f))) {
		c = skip_comment(l->f);
		if (c != '\n' && c != EOF) {
			*n = LINES_MAX; /* whatever follows is too much */
			break;
		}
		l->further++;
	}
	ungetc(c, l->f);
	return true;
}

static size_t
without_cr(const struct lines *l, size_t n)
{
	return n > 0 && l->text[n - 1] == '\r' ? n - 1 : n;
}

/* Without the mark that some editors put at the beginning of a file. */
static size_t
without_mark(const struct lines *l, size_t n)
{
	bool marked = l->number == 1 && n == strlen(BYTE_ORDER_MARK) &&
		      memcmp(l->text, BYTE_ORDER_MARK, n) == 0;

	return marked ? 0 : n;
}

bool
lines_next(struct lines *l, bool *good)
{
	size_t n = 0;
	int c;

	l->number += 1 + l->further;
	l->further = 0;
	if (l->number > LINES_COUNT_MAX)
		return *good = lines_fault(l, "the file has too many lines");
	while ((c = getc(l->f)) != EOF) {
		if (c == '\0')
			return *good = lines_fault(
				   l, "a NUL byte: this is no text");
		if (c == '\n') {
			n = without_cr(l, n);
			l->text[n] = '\0';
			if (!goes_on(l, &n))
				break;
			continue;
		}
		if (n == LINES_MAX)
			return *good = lines_fault(l, "the line is too long");
		l->text[n++] = (char)c;
		n = without_mark(l, n);
	}
	if (ferror(l->f))
		return *good = lines_fault(l, "%s", strerror(errno));
	n = without_cr(l, n);
	l->text[n] = '\0';
	return c != EOF || n > 0;
}

void
lines_close(struct lines *l)
{
	if (l->f != NULL && l->f != stdin)
		fclose(l->f);
}
