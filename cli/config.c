/*
 * Servers out of the files of other programs.
 *
 * One reader of lines, told by a form what the words mean.  A file is read
 * once, however many others include it, so that circles end by themselves.
 */

#include "cli/config.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/types.h"
#include "cli/entry.h"
#include "cli/forms.h"

#define FILES_MAX 10000
#define DEPTH_MAX 10 /* chronyd's own limit of includes */

/* One file that is being read. */
struct reading {
	struct config *config;
	const struct form *form;
	struct lines lines;
	bool inside; /* the section that counts */
};

bool
config_is_brought(const char *path)
{
	return strncmp(path, "/run/", strlen("/run/")) == 0 ||
	       strncmp(path, "/var/run/", strlen("/var/run/")) == 0;
}

/* It might have named servers that are to be authenticated, if it is ours. */
static void
left_unread(struct config *c, const char *path)
{
	c->unsure |= !config_is_brought(path);
}

/* ---- includes ---- */

/* Where a path or pattern leads must not depend on where we were started. */
static bool
is_absolute(const struct reading *r, const char *path)
{
	if (*path == '/')
		return true;
	left_unread(r->config, r->lines.name);
	return lines_fault(
	    &r->lines, "%s: not followed, since it is relative", path);
}

static bool
read_included(struct reading *r, const struct form *form, const char *path)
{
	struct config *c = r->config;
	unsigned n = c->nfiles;
	bool good;

	if (c->full)
		return true; /* that was told */
	if (config_is_brought(r->lines.name)) {
		lines_note(&r->lines, "%s: not followed from here", path);
		return true;
	}
	if (c->nfiles == FILES_MAX) {
		c->full = true;
		return lines_fault(
		    &r->lines, "too many files: more than %d", FILES_MAX);
	}
	if (c->depth == DEPTH_MAX) {
		left_unread(c, path);
		return lines_fault(
		    &r->lines, "%s: includes are nested too deeply", path);
	}
	c->depth++;
	good = config_read(c, form, path);
	c->depth--;
	if (c->nfiles > n && c->files[n].wrong != NULL)
		return lines_fault(
		    &r->lines, "%s: %s", path, c->files[n].wrong);
	return good;
}

/* For glob(): a folder that is not there is as good as an empty one. */
static int
is_forbidden(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

/* Adds the files that match to *g, which the caller frees. */
static bool
add_matches(struct reading *r, const char *pattern, glob_t *g)
{
	if (glob(pattern, GLOB_APPEND, is_forbidden, g) != GLOB_ABORTED)
		return true;
	left_unread(r->config, pattern);
	return lines_fault(&r->lines, "%s: a folder cannot be read", pattern);
}

/* The files that match; sets *found if there is one. */
static bool
read_matches(struct reading *r, const char *pattern, bool *found)
{
	glob_t g = { 0 };
	bool good = add_matches(r, pattern, &g);
	size_t i;

	*found |= g.gl_pathc > 0;
	for (i = 0; i < g.gl_pathc; i++)
		good = read_included(r, r->form, g.gl_pathv[i]) && good;
	globfree(&g);
	return good;
}

/* A word without a pattern in it stands for a file that must be there. */
static bool
read_patterns(struct reading *r, char *at)
{
	bool good = true, found = false;
	char *word;

	while ((word = entry_word(&at, r->form)) != NULL)
		if (!is_absolute(r, word))
			good = false;
		else if (strpbrk(word, "*?[") == NULL)
			good = read_included(r, r->form, word) && good;
		else
			good = read_matches(r, word, &found) && good;
	return good;
}

static const char *
base_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* By the names of the files; of the same name, the first folder's first. */
static int
by_name(const void *a, const void *b)
{
	char *const *x = *(char *const *const *)a;
	char *const *y = *(char *const *const *)b;
	int order = strcmp(base_of(*x), base_of(*y));

	return order != 0 ? order : (x > y) - (x < y);
}

/*
 * What was found in several folders, sorted by name.  A name that is in more
 * than one of them counts in the first only.
 */
static bool
read_merged(struct reading *r, const struct form *form, const glob_t *g)
{
	char ***files = calloc(g->gl_pathc + 1, sizeof(*files));
	const char *last = "/";
	bool good = true;
	size_t i;

	if (files == NULL)
		return lines_fault(&r->lines, "%s", strerror(errno));
	for (i = 0; i < g->gl_pathc; i++)
		files[i] = &g->gl_pathv[i];
	qsort(files, g->gl_pathc, sizeof(*files), by_name);
	for (i = 0; i < g->gl_pathc; i++) {
		if (strcmp(base_of(*files[i]), base_of(last)) != 0)
			good = read_included(r, form, *files[i]) && good;
		last = *files[i];
	}
	free(files);
	return good;
}

/* Adds the files of a folder whose names end so. */
static bool
list_folder(
    struct reading *r, glob_t *g, const char *folder, const char *ending)
{
	char pattern[LINES_MAX + 16];

	snprintf(pattern, sizeof(pattern), "%s/*%s", folder, ending);
	return add_matches(r, pattern, g);
}

static bool
read_folders(
    struct reading *r, const struct form *form, char *at, const char *ending)
{
	bool good = true;
	glob_t g = { 0 };
	char *word;

	while ((word = entry_word(&at, r->form)) != NULL)
		good = is_absolute(r, word) &&
		       list_folder(r, &g, word, ending) && good;
	good = read_merged(r, form, &g) && good;
	globfree(&g);
	return good;
}

/* ---- files ---- */

static bool
is_section(const char *line, const char *section)
{
	size_t n = strlen(section);

	return strncmp(line, section, n) == 0 &&
	       line[n + strspn(line + n, " \t")] == '\0';
}

/* False after telling about a fault. */
static bool
read_line(struct reading *r)
{
	struct config *c = r->config;
	const struct directive *d;
	char *at = r->lines.text;

	if (r->form->hash)
		at[strcspn(at, "#")] = '\0';
	at += strspn(at, " \t");
	if (*at == '\0' || strchr(r->form->marks, *at) != NULL)
		return true;
	if (*at == '[' && r->form->section != NULL)
		r->inside = is_section(at, r->form->section);
	if ((d = entry_directive(&at, r->form)) == NULL)
		return true; /* it is about something else */
	if (r->form->section != NULL && !r->inside) {
		lines_note(&r->lines, "%s= counts only in %s", d->name,
		    r->form->section);
		return true;
	}
	switch (d->effect) {
	case NAMES_SERVER:
		return entry_server(&c->servers, r->form, &r->lines, at);
	case NAMES_POOL:
		return entry_pool(&c->servers, r->form, &r->lines, at);
	case NAMES_HOSTS:
		return entry_hosts(&c->servers, r->form, &r->lines, at);
	case NAMES_HOSTS_OR_NONE:
		return entry_hosts_or_none(&c->servers, r->form, &r->lines, at);
	case NAMES_HOSTS_INSTEAD:
		return entry_hosts_instead(&c->servers, r->form, &r->lines, at);
	case NAMES_FALLBACK:
		return entry_hosts_or_none(
		    &c->fallback, r->form, &r->lines, at);
	case INCLUDES_FILES:
		return read_patterns(r, at);
	case INCLUDES_CONFS:
		return read_folders(r, r->form, at, ".conf");
	case INCLUDES_SOURCES:
		return read_folders(r, r->form->sources, at, ".sources");
	case NAMES_NO_SERVER:
		c->servers.guarded |= entry_is_guarded(at);
		return entry_none(&r->lines, d->name);
	}
	return true;
}

/* NULL: it cannot be remembered. */
static struct config_file *
remember(struct config *c, const struct form *form, const char *path)
{
	struct config_file *more;

	if ((c->nfiles & (c->nfiles + 1)) == 0) { /* 0, 1, 3, 7 ... */
		more =
		    realloc(c->files, (2 * c->nfiles + 1) * sizeof(*c->files));
		if (more == NULL)
			return NULL;
		c->files = more;
	}
	more = &c->files[c->nfiles];
	*more = (struct config_file){
		.path = strdup(path), .form = form, .place = c->place
	};
	if (more->path == NULL)
		return NULL;
	c->nfiles++;
	return more;
}

/*
 * Whether it has been read under another name, or is just being read.  A link
 * below /run must not make one of ours be taken for the network's.
 */
static bool
is_known(const struct config *c, const struct config_file *file)
{
	const struct config_file *f;

	for (f = c->files; f < file; f++)
		if (f->wrong == NULL && f->dev == file->dev &&
		    f->ino == file->ino &&
		    config_is_brought(f->path) == config_is_brought(file->path))
			return true;
	return false;
}

static bool
read_file(struct reading *r)
{
	struct config *c = r->config;
	bool good = true;

	while (!c->full && lines_next(&r->lines, &good))
		if (!read_line(r)) {
			c->full |= c->servers.n == SERVERS_MAX;
			if (c->telling != LINES_MENTION)
				return false;
		}
	if (!good)
		left_unread(c, r->lines.name);
	return good;
}

bool
config_read(struct config *c, const struct form *form, const char *path)
{
	struct reading r = { .config = c, .form = form };
	struct config_file *file = remember(c, form, path);
	struct stat st;
	bool good;

	r.lines.joins = form->joins;
	r.lines.but = form->marks;
	r.lines.telling = c->telling;
	if (file == NULL) {
		r.lines.name = path;
		return lines_fault(&r.lines, "%s", strerror(errno));
	}
	file->wrong = lines_open(&r.lines, file->path, LINES_CONFIG);
	if (file->wrong == NULL && fstat(fileno(r.lines.f), &st) == 0) {
		file->dev = st.st_dev;
		file->ino = st.st_ino;
	}
	if (file->wrong != NULL)
		left_unread(c, path);
	good = file->wrong == NULL && (is_known(c, file) || read_file(&r));
	lines_close(&r.lines);
	return good;
}

void
config_fall_back(struct config *c)
{
	c->fallback.guarded |= c->servers.guarded;
	if (c->servers.n == 0)
		c->servers = c->fallback;
	c->servers.guarded = c->fallback.guarded;
	c->fallback = (struct servers){ 0 };
}

/* Even if it may not be read, or leads to what is not there yet. */
static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || is_forbidden(path, errno);
}

/* Of each group of patterns, the first that matches. */
static void
read_paths(struct reading *r, const char *const *path)
{
	bool found = false;

	for (; path[0] != NULL || path[1] != NULL; path++)
		if (*path == NULL) {
			found = false; /* the next group */
		} else if (!found && strchr(*path, '*') != NULL) {
			(void)read_matches(r, *path, &found);
		} else if (!found && is_there(*path)) {
			(void)read_included(r, r->form, *path);
			found = true;
		}
}

void
config_place(struct config *c, const struct place *place)
{
	struct reading r = { .config = c, .form = place->form };
	const char *const *dir;
	glob_t g = { 0 };

	c->place = place;
	r.lines.name = place->form->name;
	r.lines.telling = c->telling;
	read_paths(&r, place->paths);
	for (dir = place->dropins; dir != NULL && *dir != NULL; dir++)
		(void)list_folder(&r, &g, *dir, ".conf");
	(void)read_merged(&r, place->form, &g);
	globfree(&g);
	config_fall_back(c);
}
