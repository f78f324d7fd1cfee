/*
 * A file that is replaced: whoever reads it sees the old one or the new one,
 * never a part, and whatever goes wrong the old one stays.
 *
 * Where it lies is found before there is anything to write.  A link leads there
 * only if nobody else can have put it, or he would choose what we write to; the
 * same goes for a device or a pipe.  Such a link, device or pipe of a
 * stranger's is replaced as a file would be.
 */

#include "report/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

#define LINKS_MAX 8

/* ---- where it leads ---- */

static bool
is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

/*
 * Whether somebody else can have put that into the folder; where it is sticky
 * nobody replaces what is ours.
 */
static bool
is_of_others(const struct stat *folder, const struct stat *st)
{
	bool all = (folder->st_mode & S_IWOTH) != 0;
	bool some = all || (folder->st_mode & S_IWGRP) != 0;

	return !is_ours(folder) || (some && !is_ours(st)) ||
	       (all && (folder->st_mode & S_ISVTX) == 0);
}

/* /dev/stdout, say: it is open, and cannot be opened again as it is. */
static bool
find_stream(struct file *file, const char *path)
{
	FILE *const streams[] = { stdout, stderr };
	struct stat st, open;
	unsigned n;
	size_t i;

	if (strcmp(path, "-") == 0)
		file->stream = stdout;
	for (i = 0; i < 2 && file->stream == NULL; i++)
		if (stat(path, &st) == 0 &&
		    fstat(fileno(streams[i]), &open) == 0 &&
		    st.st_dev == open.st_dev && st.st_ino == open.st_ino)
			file->stream = streams[i];
	if (file->stream == NULL && strncmp(path, "/dev/fd/", 8) == 0 &&
	    num_whole(&n, path + 8, 0, INT_MAX) &&
	    (fcntl((int)n, F_GETFL) & O_ACCMODE) != O_RDONLY)
		file->stream = fdopen((int)n, "w");
	return file->stream != NULL;
}

/* Opens the folder, and cuts the path at the name in it. */
static bool
open_folder(struct file *file)
{
	char *slash = strrchr(file->path, '/'), first;

	if (file->folder != -1)
		close(file->folder);
	file->name = slash != NULL ? slash + 1 : file->path;
	if (slash == NULL)
		file->folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	else {
		first = slash[1];
		slash[1] = '\0';
		file->folder =
		    open(file->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		slash[1] = first;
	}
	if (file->folder != -1 && *file->name == '\0')
		errno = EISDIR;
	return file->folder != -1 && *file->name != '\0';
}

/* The path becomes what the link says, seen from its folder. */
static bool
follow(struct file *file)
{
	char target[PATH_MAX];
	ssize_t n =
	    readlinkat(file->folder, file->name, target, sizeof(target) - 1);
	size_t before = (size_t)(file->name - file->path);
	char *path;

	if (n == -1)
		return false;
	target[n] = '\0';
	if (target[0] == '/')
		before = 0;
	if ((path = malloc(before + (size_t)n + 1)) == NULL)
		return false;
	memcpy(path, file->path, before);
	memcpy(path + before, target, (size_t)n + 1);
	free(file->path);
	file->path = path;
	return true;
}

/* Follows links of ours to what is, or will be, there. */
static bool
find_place(struct file *file)
{
	struct stat folder, st;
	int links;

	for (links = 0; links <= LINKS_MAX; links++) {
		if (!open_folder(file) || fstat(file->folder, &folder) == -1)
			return false;
		if (fstatat(file->folder, file->name, &st,
			AT_SYMLINK_NOFOLLOW) == -1)
			return errno == ENOENT;
		if (S_ISDIR(st.st_mode)) {
			errno = EISDIR;
			return false;
		}
		if (S_ISREG(st.st_mode) || is_of_others(&folder, &st))
			return true;
		if (!S_ISLNK(st.st_mode)) {
			file->special = true;
			return true;
		}
		if (!follow(file))
			return false;
	}
	errno = ELOOP;
	return false;
}

/* ---- what is put there ---- */

/* A new file in the folder, under a name that nobody can foresee. */
static int
open_temporary(struct file *file)
{
	uint64_t lot;

	if (getentropy(&lot, sizeof(lot)) == -1)
		return -1;
	snprintf(file->temporary, sizeof(file->temporary), ".ntpsync-%016llx",
	    (unsigned long long)lot);
	return openat(file->folder, file->temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* From here on nobody ends us who would leave a file behind. */
static void
hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, before);
}

/* Whether a file can be made there: by trying, before it matters. */
static bool
try(struct file *file)
{
	sigset_t before;
	bool can;
	int fd;

	hold_signals(&before);
	fd = open_temporary(file);
	can = fd != -1 && unlinkat(file->folder, file->temporary, 0) == 0;
	if (fd != -1)
		close(fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return can;
}

bool
file_find(struct file *file, const char *path)
{
	*file = (struct file){ .folder = -1 };
	if (find_stream(file, path))
		return true;
	file->path = strdup(path);
	return file->path != NULL && find_place(file) &&
	       (file->special || try(file));
}

/* What the old one had if it is ours, else what a shell's > would give. */
static mode_t
mode_for(const struct file *file)
{
	struct stat st;
	mode_t mask;

	if (fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_uid == geteuid())
		return st.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static void
forget(const struct file *file)
{
	int saved = errno;

	(void)unlinkat(file->folder, file->temporary, 0);
	errno = saved;
}

/* By its folder and name, as it was found; what has become a file is none. */
static FILE *
open_special(const struct file *file)
{
	int fd = openat(file->folder, file->name,
	    O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return fdopen(fd, "w");
	close(fd);
	errno = EEXIST;
	return NULL;
}

FILE *
file_begin(struct file *file)
{
	int fd;

	if (file->path == NULL)
		return file->stream;
	if (file->special)
		return file->stream = open_special(file);
	hold_signals(NULL);
	if ((fd = open_temporary(file)) == -1)
		return NULL;
	if (fchmod(fd, mode_for(file)) == 0)
		file->stream = fdopen(fd, "w");
	if (file->stream == NULL) {
		forget(file);
		close(fd);
	}
	return file->stream;
}

bool
file_end(struct file *file, bool good)
{
	good = fflush(file->stream) == 0 && !ferror(file->stream) && good;
	if (file->path == NULL)
		return good;
	if (!file->special)
		good = good && fsync(fileno(file->stream)) == 0;
	good = fclose(file->stream) == 0 && good;
	if (file->special)
		return good;
	good = good && renameat(file->folder, file->temporary, file->folder,
			   file->name) == 0;
	if (!good)
		forget(file);
	return good;
}

/* ---- what is there already ---- */

static bool
is_fit(const struct stat *st)
{
	return S_ISREG(st->st_mode) && is_ours(st);
}

/*
 * It is looked at before it is opened, since to open a device does something,
 * and again afterwards.
 */
int
file_open_old(const struct file *file)
{
	struct stat st;
	int fd;

	if (file->path == NULL ||
	    fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !is_fit(&st))
		return -1;
	fd = openat(file->folder, file->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 || (fstat(fd, &st) == 0 && is_fit(&st)))
		return fd;
	close(fd);
	return -1;
}

static FILE *
append_to(const struct file *file)
{
	int fd = openat(file->folder, file->name,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		O_CLOEXEC,
	    0666);
	struct stat st;

	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0 && (file->special || S_ISREG(st.st_mode)))
		return fdopen(fd, "a");
	close(fd);
	errno = EPERM;
	return NULL;
}

FILE *
file_append(const char *path)
{
	struct file file = { .path = strdup(path), .folder = -1 };
	FILE *f = NULL;
	int saved;

	if (file.path != NULL && find_place(&file))
		f = append_to(&file);
	saved = errno;
	if (file.folder != -1)
		close(file.folder);
	free(file.path);
	errno = saved;
	return f;
}
