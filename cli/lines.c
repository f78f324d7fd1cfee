/*
 * Text files, line by line.
 *
 * A line that is too long or holds a NUL is a fault, named with its number;
 * CR LF ends a line as LF does.
 */

#include "cli/lines.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"

#define LINES_COUNT_MAX 10000000 /* /dev/zero and the like have no end */

bool
lines_open(struct lines *l, const char *path)
{
	struct stat st;

	*l = (struct lines){ .name = path };
	if (strcmp(path, "-") == 0) {
		l->name = "standard input";
		l->f = stdin;
		return true;
	}
	if ((l->f = fopen(path, "r")) != NULL &&
	    fstat(fileno(l->f), &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (l->f != NULL)
		return true;
	log_warn("%s", path);
	return false;
}

static bool
fault(const struct lines *l, bool *good, const char *what)
{
	log_warnx("%s:%u: %s", l->name, l->number, what);
	return *good = false;
}

bool
lines_next(struct lines *l, bool *good)
{
	size_t n = 0;
	int c;

	if (++l->number > LINES_COUNT_MAX)
		return fault(l, good, "the file has too many lines");
	while ((c = getc(l->f)) != EOF && c != '\n') {
		if (c == '\0')
			return fault(l, good, "a NUL byte: this is no text");
		if (n == LINES_MAX)
			return fault(l, good, "the line is too long");
		l->text[n++] = (char)c;
	}
	if (ferror(l->f)) {
		log_warn("%s", l->name);
		return *good = false;
	}
	if (n > 0 && l->text[n - 1] == '\r')
		n--;
	l->text[n] = '\0';
	return c != EOF || n > 0;
}

void
lines_close(struct lines *l)
{
	if (l->f != NULL && l->f != stdin)
		fclose(l->f);
}
