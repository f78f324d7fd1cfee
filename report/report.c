/*
 * Telling the outcome: the table of formats, the way to a file, and the exit
 * status.
 */

#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"

const struct report_format report_formats[] = {
	{ "text", text_print, NULL, NULL },
	{ "json", json_print, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

int
report_status(const struct outcome *o)
{
	if (o->action.failed)
		return EXIT_CLOCK;
	if (o->action.kind == CLOCK_REFUSE)
		return EXIT_REFUSED;
	if (o->verdict.kind == VERDICT_NO_ANSWER)
		return EXIT_NO_ANSWER;
	if (o->verdict.kind == VERDICT_NO_MAJORITY)
		return EXIT_NO_MAJORITY;
	return EXIT_DONE;
}

int64_t
report_time_ns(const struct outcome *o)
{
	struct instant now;

	now_all(&now);
	return num_add(
	    now.real_ns, num_sub(o->verdict.offset_ns,
			     now_moved_ns(&o->m.ended, &now, o->ask->rate)));
}

/* True when every byte got there. */
static bool
print_stream(FILE *f, const struct report_to *to, const struct outcome *o)
{
	to->format->print(f, to, o);
	return fflush(f) == 0 && !ferror(f);
}

/* What a shell's > would give a new file. */
static mode_t
usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* A file beside path; NULL with errno. */
static FILE *
open_beside(char *temporary)
{
	int saved, fd = mkstemp(temporary);
	FILE *f;

	if (fd == -1)
		return NULL;
	if (fchmod(fd, usual_mode()) == 0 && (f = fdopen(fd, "w")) != NULL)
		return f;
	saved = errno;
	close(fd);
	unlink(temporary);
	errno = saved;
	return NULL;
}

/* Whoever reads path sees the old report or the new one, never a part. */
static bool
print_file(const struct report_to *to, const struct outcome *o)
{
	size_t size = strlen(to->path) + sizeof(".XXXXXX");
	char *temporary = malloc(size);
	bool good = false;
	FILE *f;

	if (temporary == NULL)
		return false;
	snprintf(temporary, size, "%s.XXXXXX", to->path);
	if ((f = open_beside(temporary)) != NULL) {
		good = print_stream(f, to, o) && fsync(fileno(f)) == 0;
		good =
		    fclose(f) == 0 && good && rename(temporary, to->path) == 0;
		if (!good)
			unlink(temporary);
	}
	free(temporary);
	return good;
}

static bool
is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

/*
 * Whether somebody else has put there what he likes, a link or a pipe, or could
 * at any time; in a folder that is sticky nobody replaces what is ours.
 */
static bool
is_of_others(const char *path)
{
	char *folder = strdup(path), *end;
	struct stat at, st;
	bool result = true;

	if (folder == NULL)
		return true;
	end = strrchr(folder, '/');
	if (end != NULL)
		end[1] = '\0';
	if (lstat(path, &st) == 0 && stat(end != NULL ? folder : ".", &at) == 0)
		result = !is_ours(&at) ||
			 ((at.st_mode & S_IWOTH) != 0 &&
			     ((at.st_mode & S_ISVTX) == 0 || !is_ours(&st)));
	free(folder);
	return result;
}

/*
 * A device or a pipe is written to: a file must not take its place.  But only
 * where nobody else can put one, or he would choose what we write to.
 */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	       !S_ISDIR(st.st_mode) && !is_of_others(path);
}

static bool
print_special(const struct report_to *to, const struct outcome *o)
{
	FILE *f = fopen(to->path, "w");
	bool good = f != NULL && print_stream(f, to, o);

	return f != NULL && fclose(f) == 0 && good;
}

/* The exit status as the format calls it. */
static int
called(int ours, const struct report_to *to, const struct outcome *o)
{
	if (to->format == NULL || to->format->status == NULL)
		return ours;
	return to->format->status(ours, to, o);
}

int
report_failure(const struct report_to *to, int ours)
{
	if (to->format != NULL && to->format->fail != NULL)
		puts(to->format->fail);
	fflush(stdout);
	return called(ours, to, NULL);
}

int
report(const struct report_to *to, const struct outcome *o)
{
	int status = called(report_status(o), to, o);
	bool good;

	report_detail(o);
	if (to->quiet && status == EXIT_DONE)
		return status;
	if (to->path == NULL)
		good = print_stream(stdout, to, o);
	else if (is_special(to->path))
		good = print_special(to, o);
	else
		good = print_file(to, o);
	if (good)
		return status;
	log_warn("%s: the report could not be written",
	    to->path != NULL ? to->path : "standard output");
	return called(EXIT_INTERNAL, to, NULL);
}
