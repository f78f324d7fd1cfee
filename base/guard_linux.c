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
#include <unistd.h>

#include "base/types.h"

#define CAP_SYS_TIME_BIT 25        /* linux/capability.h */
#define COMM_MAX         15        /* the kernel cuts names here */
#define BUSYBOX          "busybox" /* and busybox.nosuid, busybox.static */
#define PATH_SIZE        64
#define TEXT_SIZE        512

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

/* The beginning of such a file as text; -1 with errno. */
static int
read_text(char text[TEXT_SIZE], const char *pid, const char *name)
{
	char path[PATH_SIZE];
	int fd = open(proc_path(path, pid, name), O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, text, TEXT_SIZE - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -1 : 0;
}

/* What /proc/PID/status tells of a process; nothing when it is gone. */
struct standing {
	bool entitled, lent, contained, dead;
};

/*
 * Whom a setuid program was started by is its real user.  NSpid has a number
 * for every PID namespace from ours to the process's own.
 */
static void
read_line(struct standing *st, const char *line)
{
	unsigned long long caps;
	char state;
	int first, second;

	if (sscanf(line, "State: %c", &state) == 1)
		st->dead = state == 'Z' || state == 'X';
	else if (sscanf(line, "Uid: %d %d", &first, &second) == 2)
		st->lent = first != second;
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

static bool
has_power(const char *pid)
{
	struct standing st = standing_of(pid);

	return st.entitled && !st.lent && !st.contained && !st.dead;
}

/*
 * Capabilities of another user namespace are worth nothing here, though they
 * look the same.  Who made one without power has other users in it; that can be
 * seen where the namespace itself cannot.  What we may not see counts as ours.
 */
static bool
has_our_users(const char *pid)
{
	char theirs[TEXT_SIZE], ours[TEXT_SIZE];

	return read_text(theirs, pid, "uid_map") == -1 ||
	       read_text(ours, "self", "uid_map") == -1 ||
	       strcmp(theirs, ours) == 0;
}

/*
 * Whether the program that a process runs may be a daemon: by its name,
 * whichever of them that is (a link openntpd leads to ntpd), as what bears any
 * name, or as what is hidden from us.  The kernel's own processes run none, nor
 * do those that are ending.
 */
static bool
may_be_daemon(const char *pid)
{
	char path[PATH_SIZE], exe[4096], *name;
	ssize_t n = readlink(proc_path(path, pid, "exe"), exe, sizeof(exe) - 1);
	size_t i;

	if (n == -1)
		return errno != ENOENT;
	exe[n] = '\0';
	name = strrchr(exe, '/') == NULL ? exe : strrchr(exe, '/') + 1;
	name[strcspn(name, " ")] = '\0'; /* "chronyd (deleted)" */
	for (i = 0; i < NDAEMONS; i++)
		if (strncmp(name, daemons[i].comm, COMM_MAX) == 0)
			return true;
	return strncmp(name, BUSYBOX, strlen(BUSYBOX)) == 0;
}

/* Which of the daemons this process is by its name; -1: none. */
static int
daemon_of(const char *pid)
{
	char comm[TEXT_SIZE];
	size_t i;

	if (read_text(comm, pid, "comm") == -1)
		return -1;
	comm[strcspn(comm, "\n")] = '\0';
	for (i = 0; i < NDAEMONS; i++)
		if (strcmp(comm, daemons[i].comm) == 0)
			return (int)i;
	return -1;
}

/*
 * Most processes are found to be none by one look, at what they run.  Anybody
 * can start a setuid program by a link of another name, and so give that name
 * to a process of root's: so that is looked at again once it shows its powers,
 * and then these, for it may have gone on to another program without them.
 */
static int
rival_of(const char *pid)
{
	int which;

	if (pid[0] < '0' || pid[0] > '9' || !may_be_daemon(pid) ||
	    (which = daemon_of(pid)) == -1 || !has_power(pid) ||
	    !has_our_users(pid) || !may_be_daemon(pid) || !has_power(pid))
		return -1;
	return which;
}

unsigned
guard_find(struct rival *list, unsigned max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned n = 0;
	int which;

	while (dir != NULL && n < max && (entry = readdir(dir)) != NULL) {
		which = rival_of(entry->d_name);
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
