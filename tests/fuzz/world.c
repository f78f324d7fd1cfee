/*
 * A file system made of one input, so that no reader of files that is fuzzed
 * ever sees one of this machine's.
 *
 * The linker turns the program's calls of open() and its like to those here
 * (--wrap, in the Makefile).  A file is an unnamed one of the kernel's; so that
 * its bytes, device and inode are real.
 */

#include "tests/fuzz/world.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/types.h"
#include "tests/fuzz/fuzz.h"

#define FILES_MAX  32
#define PATH_SIZE  100
#define PROC_SIZE  32
#define HEAD       "=== "
#define FORBIDDEN  "/forbidden/"
#define COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

static struct file {
	char path[PATH_SIZE];
	const uint8_t *bytes;
	size_t n;
	int fd; /* -1: nobody has asked for it */
} files[FILES_MAX], *first;

static size_t nfiles;
static bool begun;

/* ---- the files ---- */

static struct file *
find(const char *path)
{
	size_t i;

	for (i = 0; i < nfiles; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

static int
by_path(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static const uint8_t *
line_end(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *lf = memchr(at, '\n', (size_t)(end - at));

	return lf != NULL ? lf : end;
}

/* At "=== /path": a file, unless there is one of that name. */
static struct file *
add(const uint8_t *at, const uint8_t *end)
{
	struct file *f = &files[nfiles];
	size_t n;

	at += strlen(HEAD);
	n = (size_t)(line_end(at, end) - at);
	if (nfiles == FILES_MAX || n == 0 || n >= PATH_SIZE || *at != '/' ||
	    memchr(at, '\0', n) != NULL)
		return NULL;
	memcpy(f->path, at, n);
	f->path[n] = '\0';
	if (find(f->path) != NULL || f->path[n - 1] == '/')
		return NULL;
	f->bytes = at + n + (at + n < end);
	f->n = 0;
	f->fd = -1;
	nfiles++;
	return f;
}

static bool
is_head(const uint8_t *at, const uint8_t *end)
{
	return (size_t)(end - at) > strlen(HEAD) &&
	       memcmp(at, HEAD, strlen(HEAD)) == 0;
}

void
world_begin(const uint8_t *at, size_t n)
{
	const uint8_t *end = at + n, *next;
	char name[PATH_SIZE] = "";
	struct file *f = NULL;

	begun = true;
	for (; at < end; at = next) {
		next = line_end(at, end);
		next += next < end;
		if (is_head(at, end))
			f = add(at, end);
		else if (f != NULL)
			f->n = (size_t)(next - f->bytes);
		if (name[0] == '\0' && f != NULL)
			memcpy(name, f->path, sizeof(name));
	}
	qsort(files, nfiles, sizeof(files[0]), by_path); /* as glob() would */
	first = find(name);
}

void
world_begin_with(const char *path, const uint8_t *bytes, size_t n)
{
	struct file *f = &files[nfiles++];

	begun = true;
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->bytes = bytes;
	f->n = n;
	f->fd = -1;
	first = f;
}

void
world_end(void)
{
	world_hide("/");
	first = NULL;
	begun = false;
}

const char *
world_first(void)
{
	return first != NULL ? first->path : NULL;
}

void
world_hide(const char *folder)
{
	size_t i, n = 0;

	for (i = 0; i < nfiles; i++)
		if (strncmp(files[i].path, folder, strlen(folder)) != 0)
			files[n++] = files[i];
		else if (files[i].fd != -1)
			close(files[i].fd);
	nfiles = n;
}

/* ---- what the program finds there ---- */

static const char *
give(struct file *f, char buf[PROC_SIZE])
{
	if (f->fd == -1) {
		f->fd = memfd_create("world", MFD_CLOEXEC);
		HOLDS(f->fd != -1);
		HOLDS(write(f->fd, f->bytes, f->n) == (ssize_t)f->n);
	}
	snprintf(buf, PROC_SIZE, "/proc/self/fd/%d", f->fd);
	return buf;
}

static bool
is_folder(const char *path)
{
	size_t i, n = strlen(path);

	for (i = 0; i < nfiles; i++)
		if (strncmp(files[i].path, path, n) == 0 &&
		    files[i].path[n] == '/')
			return true;
	return false;
}

/* What stands for it in the machine's own file system; "" with errno: none. */
static const char *
place_of(const char *path, char buf[PROC_SIZE])
{
	struct file *f = find(path);

	if (!begun || strcmp(path, "/dev/null") == 0 ||
	    strcmp(path, "/dev/zero") == 0)
		return path;
	if (f != NULL)
		return give(f, buf);
	if (is_folder(path))
		return "/";
	return strncmp(path, FORBIDDEN, strlen(FORBIDDEN)) == 0
		   ? "/dev/null/forbidden"
		   : "";
}

/* ENOTDIR is how the kernel refuses what place_of calls forbidden. */
static int
refused(int result)
{
	if (result == -1 && errno == ENOTDIR)
		errno = EACCES;
	return result;
}

static int
world_open(const char *path, int flags, ...)
{
	char buf[PROC_SIZE];

	return refused(openat(AT_FDCWD, place_of(path, buf), flags));
}

static int
world_stat(const char *path, struct stat *st)
{
	char buf[PROC_SIZE];

	return refused(fstatat(AT_FDCWD, place_of(path, buf), st, 0));
}

static void
append(glob_t *g, const char *path)
{
	char **more =
	    realloc(g->gl_pathv, (g->gl_pathc + 2) * sizeof(*g->gl_pathv));

	HOLDS(more != NULL);
	g->gl_pathv = more;
	more[g->gl_pathc] = strdup(path);
	HOLDS(more[g->gl_pathc] != NULL);
	more[++g->gl_pathc] = NULL;
}

static int
world_glob(
    const char *pattern, int flags, int (*wrong)(const char *, int), glob_t *g)
{
	size_t i, before = g->gl_pathc;

	HOLDS(begun && flags == GLOB_APPEND);
	if (strncmp(pattern, FORBIDDEN, strlen(FORBIDDEN)) == 0)
		return wrong(FORBIDDEN, EACCES) ? GLOB_ABORTED : GLOB_NOMATCH;
	for (i = 0; i < nfiles; i++)
		if (fnmatch(
			pattern, files[i].path, FNM_PATHNAME | FNM_PERIOD) == 0)
			append(g, files[i].path);
	return g->gl_pathc > before ? 0 : GLOB_NOMATCH;
}

static void
world_globfree(glob_t *g)
{
	size_t i;

	for (i = 0; i < g->gl_pathc; i++)
		free(g->gl_pathv[i]);
	free(g->gl_pathv);
}

/* ---- the names under which the C library's own are called ---- */

#define STANDS_FOR(name, own)                                                  \
	extern __typeof__(own) __wrap_##name __attribute__((alias(#own)))

STANDS_FOR(open, world_open);
STANDS_FOR(open64, world_open);
STANDS_FOR(__open_2, world_open); /* under _FORTIFY_SOURCE */
STANDS_FOR(__open64_2, world_open);
STANDS_FOR(stat, world_stat);
STANDS_FOR(stat64, world_stat);
STANDS_FOR(lstat, world_stat);
STANDS_FOR(lstat64, world_stat);
STANDS_FOR(glob, world_glob);
STANDS_FOR(glob64, world_glob);
STANDS_FOR(globfree, world_globfree);
STANDS_FOR(globfree64, world_globfree);

/* ---- who runs there ---- */

unsigned __wrap_guard_find(struct rival *, unsigned);

unsigned
__wrap_guard_find(struct rival *list, unsigned max)
{
	static const char *const names[] = { "chronyd", "ntpd", "OpenNTPD",
		"systemd-timesyncd" };
	char path[PATH_SIZE];
	unsigned n = 0;
	size_t i;

	for (i = 0; i < COUNTOF(names) && n < max; i++) {
		snprintf(path, sizeof(path), "/daemons/%s", names[i]);
		if (find(path) != NULL)
			list[n++] =
			    (struct rival){ .pid = 1, .name = names[i] };
	}
	return n;
}
