/*
 * Users, as /etc/passwd has them.
 */

#include "base/user.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWD   "/etc/passwd"
#define OVERFLOW 65534 /* what the kernel calls who has no number */

/* A number of 32 bits that is nobody's mark for "none". */
static bool
read_id(unsigned *id, const char *text)
{
	char *end;
	unsigned long n;

	if (text == NULL || *text < '0' || *text > '9')
		return false;
	n = strtoul(text, &end, 10);
	*id = (unsigned)n;
	return *end == '\0' && n < UINT32_MAX;
}

/* name:password:uid:gid:...; cuts the line to pieces. */
static bool
read_line(struct user *u, const char **name, char *line)
{
	unsigned uid, gid;

	*name = strsep(&line, ":");
	(void)strsep(&line, ":");
	if (!read_id(&uid, strsep(&line, ":")) ||
	    !read_id(&gid, strsep(&line, ":")))
		return false;
	*u = (struct user){ uid, gid };
	return true;
}

/* The first of these names that there is; NULL ends them. */
static bool
find_first(struct user *u, const char *const *names)
{
	FILE *f = fopen(PASSWD, "re");
	int error = f == NULL ? errno : 0;
	unsigned i, best = UINT_MAX;
	char *line = NULL;
	size_t room = 0;
	const char *name;
	struct user seen;

	while (f != NULL && best > 0 && getline(&line, &room, f) != -1) {
		if (!read_line(&seen, &name, line))
			continue;
		for (i = 0; i < best && names[i] != NULL; i++)
			if (strcmp(names[i], name) == 0) {
				best = i;
				*u = seen;
			}
	}
	if (f != NULL && ferror(f))
		error = errno;
	free(line);
	if (f != NULL)
		fclose(f);
	errno = error;
	return best != UINT_MAX;
}

bool
user_find(struct user *u, const char *name)
{
	const char *const names[] = { name, NULL };

	return find_first(u, names);
}

void
user_least(struct user *u)
{
	static const char *const names[] = { "ntpsync", "nobody", NULL };

	if (!find_first(u, names) || u->uid == 0 || u->gid == 0)
		*u = (struct user){ OVERFLOW, OVERFLOW };
}
