/*
 * What is carried over from the report that is about to be replaced.
 *
 * Anybody may have put another file there, so it is read as a stranger's: what
 * is not as we would have written it is as if it were not there.
 */

#include "report/carry.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/file.h"

#define FRONT  8192 /* bytes that are read: what is carried over comes first */
#define DIGITS "0123456789"
#define WHOLE  10 /* digits in front of the point, and */
#define PART   9  /* behind it */

/* Bytes of a number like "1795432320.123456789" and its end of line; 0: none.
 */
static size_t
value_size(const char *text)
{
	size_t n = strspn(text, DIGITS);

	if (n == 0 || n > WHOLE || text[n] != '.' ||
	    strspn(text + n + 1, DIGITS) != PART)
		return 0;
	n += 1 + PART;
	return text[n] == '\n' ? n : 0;
}

bool
carry_find(char value[NUM_TEXT_SIZE], const char *report, const char *name)
{
	const char *line = report, *end;
	size_t n = strlen(name), size;

	while ((end = strchr(line, '\n')) != NULL) {
		if (strncmp(line, name, n) == 0 && line[n] == ' ') {
			if ((size = value_size(line + n + 1)) == 0)
				return false;
			snprintf(value, NUM_TEXT_SIZE, "%.*s", (int)size,
			    line + n + 1);
			return true;
		}
		line = end + 1;
	}
	return false;
}

bool
carry_read(char value[NUM_TEXT_SIZE], const struct file *file, const char *name)
{
	char front[FRONT + 1];
	int fd = file_open_old(file);
	ssize_t n;

	if (fd == -1)
		return false;
	n = read(fd, front, FRONT);
	close(fd);
	if (n < 0)
		return false;
	front[n] = '\0';
	return carry_find(value, front, name);
}
