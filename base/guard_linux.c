/*
 * Power over the clock, out of /proc.
 *
 * A daemon is known by its name, but only the capability makes it a rival: a
 * chronyd -x, or anybody's program of that name, steers nothing.  Containers
 * have been given none as a rule, whatever it looks like in there.
 */

#include "base/guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/types.h"

#define CAP_SYS_TIME_BIT 25 /* linux/capability.h */
#define COMM_MAX         15 /* the kernel cuts names here */
#define PATH_SIZE        64

static const struct {
	const char *comm, *name, *advice;
} daemons[] = {
	{ "chronyd", "chronyd", "\"chronyc makestep\", or stop it first" },
	{ "ntpd", "ntpd", "stop it first" }, /* ntpsec's and OpenNTPD's too */
	{ "openntpd", "OpenNTPD", "stop it first" },
	{ "systemd-timesyn", "systemd-timesyncd",
	    "\"systemctl restart systemd-timesyncd\", or stop it first" },
	{ "ntp-daemon", "ntpd-rs", "stop it first" },
	{ "ntpd-rs", "ntpd-rs", "stop it first" },
	{ "ptp4l", "ptp4l", "stop it first" },
	{ "phc2sys", "phc2sys", "stop it first" },
};
#define NDAEMONS (sizeof(daemons) / sizeof(daemons[0]))

/* /proc/PID/NAME.  Returns buf. */
static const char *
proc_path(char buf[PATH_SIZE], const char *pid, const char *name)
{
	snprintf(buf, PATH_SIZE, "/proc/%.20s/%s", pid, name);
	return buf;
}

/* What /proc/PID/status tells of a process; nothing when it is gone. */
struct standing {
	bool entitled, contained, dead;
};

/* NSpid has a number for every PID namespace from ours to the process's own. */
static void
read_line(struct standing *st, const char *line)
{
	unsigned long long caps;
	char state;
	int first, second;

	if (sscanf(line, "State: %c", &state) == 1)
		st->dead = state == 'Z' || state == 'X';
	else if (sscanf(line, "NSpid: %d %d", &first, &second) == 2)
		st->contained = true;
	else if (sscanf(line, "CapEff: %llx", &caps) == 1)
		st->entitled = (caps >> CAP_SYS_TIME_BIT & 1) != 0;
}

static struct standing
standing_of(const char *pid)
{
	struct standing st = { 0 };
	char path[PATH_SIZE], line[256];
	FILE *f = fopen(proc_path(path, pid, "status"), "re");

	if (f == NULL)
		return st;
	while (fgets(line, sizeof(line), f) != NULL)
		read_line(&st, line);
	fclose(f);
	return st;
}

/*
 * Capabilities of another user namespace are worth nothing here, though they
 * look the same.  What we may not see counts as ours.
 */
static bool
in_our_user_namespace(const char *pid)
{
	char path[PATH_SIZE];
	struct stat theirs, ours;

	return stat(proc_path(path, pid, "ns/user"), &theirs) == -1 ||
	       stat("/proc/self/ns/user", &ours) == -1 ||
	       (theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino);
}

/*
 * The name of the program that a process runs, cut as the kernel cuts names; ""
 * where we may not see it, as in another container.  -1 when it runs none: it
 * is one of the kernel's, or has ended.
 */
static int
program_of(char program[COMM_MAX + 1], int proc, const char *pid)
{
	char path[PATH_SIZE], exe[4096], *name;
	ssize_t n;

	snprintf(path, sizeof(path), "%.20s/exe", pid);
	n = readlinkat(proc, path, exe, sizeof(exe) - 1);
	program[0] = '\0';
	if (n == -1)
		return errno == ENOENT ? -1 : 0;
	exe[n] = '\0';
	name = strrchr(exe, '/') == NULL ? exe : strrchr(exe, '/') + 1;
	name[strcspn(name, " ")] = '\0'; /* "chronyd (deleted)" */
	snprintf(program, COMM_MAX + 1, "%.*s", COMM_MAX, name);
	return 0;
}

/* Whether a program may be of this name, as busybox may be of any. */
static bool
may_be(const char *program, const char *comm)
{
	return program[0] == '\0' || strcmp(program, comm) == 0 ||
	       strcmp(program, "busybox") == 0;
}

/*
 * Anybody can start a setuid program by a link of another name, and so give
 * that name to a process of root's: so what it runs is looked at once it shows
 * its powers.  And these are looked at once more, for it may have gone on to
 * another program without them, or have ended.
 */
static bool
is_rival(int proc, const char *pid, const char *comm)
{
	struct standing st = standing_of(pid);
	char program[COMM_MAX + 1];

	return st.entitled && !st.contained && !st.dead &&
	       in_our_user_namespace(pid) &&
	       program_of(program, proc, pid) == 0 && may_be(program, comm) &&
	       standing_of(pid).entitled;
}

static bool
may_be_daemon(const char *program)
{
	size_t i;

	for (i = 0; i < NDAEMONS; i++)
		if (may_be(program, daemons[i].comm))
			return true;
	return false;
}

/* Which of the daemons this process is by its name; -1: none. */
static int
daemon_of(const char *pid)
{
	char path[PATH_SIZE], comm[COMM_MAX + 2];
	int fd = open(proc_path(path, pid, "comm"), O_RDONLY | O_CLOEXEC);
	ssize_t n;
	size_t i;

	if (fd == -1)
		return -1;
	n = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	comm[n < 0 ? 0 : n] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	for (i = 0; i < NDAEMONS; i++)
		if (strcmp(comm, daemons[i].comm) == 0)
			return (int)i;
	return -1;
}

/* Most processes are found to be none by one look, at what they run. */
static int
rival_of(int proc, const char *pid)
{
	char program[COMM_MAX + 1];
	int which;

	if (pid[0] < '0' || pid[0] > '9' ||
	    program_of(program, proc, pid) == -1 || !may_be_daemon(program))
		return -1;
	which = daemon_of(pid);
	return which != -1 && is_rival(proc, pid, daemons[which].comm) ? which
								       : -1;
}

unsigned
guard_find(struct rival *list, unsigned max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned n = 0;
	int which;

	while (dir != NULL && n < max && (entry = readdir(dir)) != NULL) {
		which = rival_of(dirfd(dir), entry->d_name);
		if (which == -1)
			continue;
		list[n++] =
		    (struct rival){ .pid = (int)strtol(entry->d_name, NULL, 10),
			    .name = daemons[which].name,
			    .advice = daemons[which].advice };
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

bool
guard_entitled(void)
{
	return standing_of("self").entitled;
}
