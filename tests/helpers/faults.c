/*
 * Runs a program and makes one of its system calls fail, once:
 *
 *   faults -o LOG [-t SECONDS] [-p PRELOAD] [-c CALL -n NTH -e ERRNO]
 *       PROGRAM ARG...
 *
 * The NTH CALL (0: every one) counts from main() on and over all threads and
 * children; CALL and ERRNO are numbers.  It is not made, and returns ERRNO.
 * LOG gets a line for what there was, in order:
 *
 *   call N       this system call was made, if it was not to fail
 *   struck N     the Nth CALL was made to fail
 *   open N       so many descriptors were open when the program ended itself
 *   exit N, signal N, or hang: after SECONDS (30) it was killed
 *   left         others it had begun were still there 5 s after its end
 *
 * What the imagined clock (fakeclock.c) does to its own log neither counts nor
 * fails.  The exit status is 0 when the program could be run.
 */
#include "faults.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLOSES     2 /* of faults_begin.c, before the program's own calls */
#define LEFT_MS    5000
#define PATH_ROOM  4096
#define PLACE_ROOM 64

struct run {
	FILE *log;
	const char *preload, *clock_log;
	int call, nth, error; /* call -1: none is to fail */
	int seen, met;        /* calls in all, and of that kind */
	int listener;
	int64_t until_ms;
	pid_t pid;
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

/* ---- what a call is about ---- */

/* The text at an address of another process; false: there is none. */
static bool
text_at(uint32_t pid, uint64_t address, char text[PATH_ROOM])
{
	char place[PLACE_ROOM];
	ssize_t n = -1;
	int fd;

	snprintf(place, sizeof(place), "/proc/%u/mem", pid);
	if ((fd = open(place, O_RDONLY | O_CLOEXEC)) != -1) {
		n = pread(fd, text, PATH_ROOM - 1, (off_t)address);
		close(fd);
	}
	text[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

static bool
leads_to(uint32_t pid, uint64_t fd, const char *path)
{
	char place[PLACE_ROOM], found[PATH_ROOM];
	ssize_t n;

	snprintf(place, sizeof(place), "/proc/%u/fd/%d", pid, (int)fd);
	n = readlink(place, found, sizeof(found) - 1);
	found[n < 0 ? 0 : n] = '\0';
	return strcmp(found, path) == 0;
}

/* Whether it is not the program's, but the imagined clock's. */
static bool
is_clock_log(const struct run *r, const struct seccomp_notif *n)
{
	const struct seccomp_data *d = &n->data;
	char path[PATH_ROOM];

	if (r->clock_log == NULL)
		return false;
	if (d->nr == SYS_openat)
		return text_at(n->pid, d->args[1], path) &&
		       strcmp(path, r->clock_log) == 0;
	return (d->nr == SYS_write || d->nr == SYS_close) &&
	       leads_to(n->pid, d->args[0], r->clock_log);
}

static int
count_open(uint32_t pid)
{
	const struct dirent *entry;
	char place[PLACE_ROOM];
	int n = 0;
	DIR *dir;

	snprintf(place, sizeof(place), "/proc/%u/fd", pid);
	if ((dir = opendir(place)) == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* ---- one call ---- */

/* Whether this call is to fail. */
static bool
strikes(struct run *r, const struct seccomp_notif *n)
{
	if (r->seen++ < CLOSES || is_clock_log(r, n))
		return false;
	if (n->data.nr == SYS_exit_group && (pid_t)n->pid == r->pid)
		fprintf(r->log, "open %d\n", count_open(n->pid));
	if (n->data.nr == r->call && (r->nth == 0 || ++r->met == r->nth)) {
		fprintf(r->log, "struck %d\n", r->met);
		return true;
	}
	fprintf(r->log, "call %d\n", n->data.nr);
	return false;
}

/* Who made the call may be gone by now; then there is nothing to answer. */
static void
answer(struct run *r)
{
	struct seccomp_notif call = { 0 };
	struct seccomp_notif_resp reply = { 0 };

	if (ioctl(r->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == -1)
		return;
	reply.id = call.id;
	if (strikes(r, &call))
		reply.error = -r->error;
	else
		reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	(void)ioctl(r->listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

/* ---- the program ---- */

static int
receive_listener(int channel)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { (char[1]){ 0 }, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) != 1 ||
	    msg.msg_controllen < CMSG_LEN(sizeof(fd)))
		errx(1, "the program did not begin: is faults_begin.so in -p?");
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

static _Noreturn void
become(const struct run *r, int channel, char *argv[])
{
	if (dup2(channel, FAULTS_CHANNEL) == -1 ||
	    syscall(SYS_close_range, 3, FAULTS_CHANNEL - 1, 0) == -1)
		err(126, NULL);
	if (r->preload != NULL)
		setenv("LD_PRELOAD", r->preload, 1);
	setenv(FAULTS_ASKED, "yes", 1);
	execv(argv[0], argv);
	err(127, "%s", argv[0]);
}

static void
start(struct run *r, char *argv[])
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		err(1, NULL);
	if ((r->pid = fork()) == -1)
		err(1, "fork");
	if (r->pid == 0)
		become(r, pair[1], argv);
	close(pair[1]);
	r->listener = receive_listener(pair[0]);
	close(pair[0]);
}

/*
 * Answers until no process has the filter any more, or the time is over; there
 * is less of it once the program itself has ended.  False: it is over.
 */
static bool
answer_all(struct run *r)
{
	int ended = (int)syscall(SYS_pidfd_open, r->pid, 0);
	struct pollfd p[] = { { r->listener, POLLIN, 0 },
		{ ended, POLLIN, 0 } };
	int64_t left_ms;

	if (ended == -1)
		err(1, "pidfd_open");
	for (;;) {
		left_ms = r->until_ms - now_ms();
		if (poll(p, 2, left_ms < 0 ? 0 : (int)left_ms) == -1)
			err(1, "poll");
		if (p[0].revents & POLLIN)
			answer(r);
		else if (p[0].revents != 0)
			return true;
		else if (left_ms <= 0)
			return false;
		if (p[1].fd != -1 && p[1].revents != 0) {
			p[1].fd = -1; /* poll() passes over it */
			r->until_ms = now_ms() + LEFT_MS;
		}
	}
}

static void
watch(struct run *r)
{
	bool all_ended = answer_all(r);
	int status;
	pid_t ended = waitpid(r->pid, &status, all_ended ? 0 : WNOHANG);

	if (ended == 0) {
		kill(r->pid, SIGKILL);
		fputs("hang\n", r->log);
	} else if (ended == -1) {
		err(1, "waitpid");
	} else if (WIFSIGNALED(status)) {
		fprintf(r->log, "signal %d\n", WTERMSIG(status));
	} else {
		fprintf(r->log, "exit %d\n", WEXITSTATUS(status));
	}
	if (ended != 0 && !all_ended)
		fputs("left\n", r->log);
}

/* ---- the command line ---- */

static int
number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < 0 || n > 100000)
		errx(2, "%s: no number from 0 to 100000", text);
	return (int)n;
}

static void
open_log(struct run *r, const char *path)
{
	if ((r->log = fopen(path, "we")) == NULL)
		err(2, "%s", path);
}

static bool
read_options(struct run *r, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+o:t:p:c:n:e:")) != -1)
		if (c == 'o')
			open_log(r, optarg);
		else if (c == 't')
			r->until_ms = now_ms() + number(optarg) * INT64_C(1000);
		else if (c == 'p')
			r->preload = optarg;
		else if (c == 'c')
			r->call = number(optarg);
		else if (c == 'n')
			r->nth = number(optarg);
		else if (c == 'e')
			r->error = number(optarg);
		else
			return false;
	return r->log != NULL && optind < argc;
}

int
main(int argc, char *argv[])
{
	struct run r = { .call = -1, .until_ms = now_ms() + 30000 };

	r.clock_log = getenv("FAKECLOCK_LOG");
	if (!read_options(&r, argc, argv))
		errx(2, "usage: faults -o LOG [-t SECONDS] [-p PRELOAD] "
			"[-c CALL -n NTH -e ERRNO] PROGRAM ARG...");
	start(&r, argv + optind);
	watch(&r);
	return fclose(r.log) == 0 ? 0 : 1;
}
