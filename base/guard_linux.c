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
 * Whether it runs the program of its name.  Anybody can start a setuid program
 * by a link of another name, and so give that name to a process of root's.
 */
static bool
runs(const char *pid, const char *comm)
{
	char path[PATH_SIZE], exe[4096], *name;
	ssize_t n = readlink(proc_path(path, pid, "exe"), exe, sizeof(exe) - 1);

	if (n == -1)
		return errno != ENOENT; /* it has ended, or we may not see it */
	exe[n] = '\0';
	name = strrchr(exe, '/') == NULL ? exe : strrchr(exe, '/') + 1;
	name[strcspn(name, " ")] = '\0'; /* "chronyd (deleted)" */
	return strncmp(name, comm, COMM_MAX) == 0 ||
	       strcmp(name, "busybox") == 0;
}

/*
 * Its standing is looked at last, too: while a process ends it shows its powers
 * and no more what it ran.
 */
static bool
is_rival(const char *pid, const char *comm)
{
	struct standing st = standing_of(pid);

	return st.entitled && !st.contained && !st.dead &&
	       in_our_user_namespace(pid) && runs(pid, comm) &&
	       standing_of(pid).entitled;
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
	for (i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++)
		if (strcmp(comm, daemons[i].comm) == 0)
			return (int)i;
	return -1;
}

unsigned
guard_find(struct rival *list, unsigned max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned n = 0;
	int which;

	while (dir != NULL && n < max && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    (which = daemon_of(entry->d_name)) == -1 ||
		    !is_rival(entry->d_name, daemons[which].comm))
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
