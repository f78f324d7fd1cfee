/*
 * Power over the clock, out of /proc.
 *
 * A daemon is known by its name, but only the capability makes it a rival: a
 * chronyd -x, or anybody's program of that name, steers nothing.  Processes of
 * other PID namespaces, which are containers, have been given none as a rule,
 * whatever they seem to hold.
 */

#include "clock/guard.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/types.h"

#define CAP_SYS_TIME_BIT 25   /* linux/capability.h */
#define STATUS_SIZE      4096 /* of /proc/PID/status; it takes about 1500 */

/* The kernel cuts names at 15 characters. */
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

/* The text of /proc/PID/NAME; "" when there is none to read. */
static void
read_proc(char *buf, size_t size, const char *pid, const char *name)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, buf, size - 1);
		close(fd);
	}
	buf[n < 0 ? 0 : n] = '\0';
}

/* What stands behind "KEY:" and its blanks in a status; NULL: it is not there.
 */
static const char *
field(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at == NULL ? NULL
			  : at + strlen(key) + strspn(at + strlen(key), " \t");
}

static bool
holds_right(const char *status)
{
	const char *caps = field(status, "\nCapEff:");

	return caps != NULL &&
	       (strtoull(caps, NULL, 16) >> CAP_SYS_TIME_BIT & 1) != 0;
}

/* It has one number for every PID namespace from ours to its own. */
static bool
in_our_namespace(const char *status)
{
	const char *pids = field(status, "\nNSpid:");

	return pids == NULL || strcspn(pids, "\t") >= strcspn(pids, "\n");
}

static bool
is_dead(const char *status)
{
	const char *state = field(status, "\nState:");

	return state != NULL && *state == 'Z';
}

static bool
is_rival(const char *pid)
{
	char status[STATUS_SIZE];

	read_proc(status, sizeof(status), pid, "status");
	return holds_right(status) && in_our_namespace(status) &&
	       !is_dead(status);
}

/* Which of the daemons this process is by its name; -1: none. */
static int
daemon_of(const char *pid)
{
	char comm[32];
	size_t i;

	read_proc(comm, sizeof(comm), pid, "comm");
	comm[strcspn(comm, "\n")] = '\0';
	for (i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++)
		if (strcmp(comm, daemons[i].comm) == 0)
			return (int)i;
	return -1;
}

void
guard_find(struct rival *rival)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int which;

	*rival = (struct rival){ 0 };
	if (dir == NULL)
		return;
	while (rival->pid == 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    (which = daemon_of(entry->d_name)) == -1 ||
		    !is_rival(entry->d_name))
			continue;
		rival->pid = (int)strtol(entry->d_name, NULL, 10);
		rival->name = daemons[which].name;
		rival->advice = daemons[which].advice;
	}
	closedir(dir);
}

bool
guard_entitled(void)
{
	char status[STATUS_SIZE];

	read_proc(status, sizeof(status), "self", "status");
	return holds_right(status);
}
