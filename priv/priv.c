/*
 * Who talks to the network has no power, and who has power does not talk to the
 * network.
 *
 * A run that has nothing to do afterwards gives up all it has, here.  One that
 * has forks: the child measures and tells, the parent hears it out and believes
 * what can be true.
 */

#include "priv/priv.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/exits.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/now.h"
#include "base/types.h"
#include "net/exchange.h"
#include "priv/child.h"
#include "priv/message.h"
#include "priv/sandbox.h"
#include "priv/verify.h"

#define LATE_NS    (500 * NS_PER_MS) /* beyond its deadline, then it is over, */
#define EACH_NS    (20 * NS_PER_US)  /* and so much later for each server */
#define WORDS_MAX  UINT64_C(1000000) /* of a child, in bytes, */
#define EACH_WORDS UINT64_C(10000)   /* and so many more for each server */
#define MESSAGE_FD (SANDBOX_FDS - 1) /* the child's */

static bool
looks_up_names(const struct ask *ask)
{
	struct server_addr addr;
	unsigned i;

	for (i = 0; i < ask->nservers; i++)
		if (!addr_parse(&addr, ask->servers[i].name, 0))
			return true;
	return false;
}

/* ---- the child ---- */

static bool
tell(const struct message *msg)
{
	size_t at = 0;
	ssize_t n;

	for (; at < msg->size; at += (size_t)n) {
		n = write(MESSAGE_FD, msg->bytes + at, msg->size - at);
		if (n == -1 && errno == EINTR)
			n = 0;
		if (n == -1)
			return false;
	}
	return true;
}

/* Nothing leads from here to what the parent has but the two pipes. */
static bool
take_places(int message_fd, int log_fd)
{
	return dup2(log_fd, STDIN_FILENO) != -1 &&
	       dup2(log_fd, STDOUT_FILENO) != -1 &&
	       dup2(log_fd, STDERR_FILENO) != -1 &&
	       dup2(message_fd, MESSAGE_FD) != -1;
}

static bool
measure_and_tell(const struct ask *ask)
{
	struct measurement m = { 0 };
	struct message msg;

	return exchange(&m, ask) == 0 && message_write(&msg, &m, ask) == 0 &&
	       tell(&msg);
}

static int
be_child(const struct ask *ask, const struct user *user, pid_t parent,
    int message_fd, int log_fd)
{
	if (!take_places(message_fd, log_fd)) {
		log_warn("starting the measuring process");
		return EXIT_INTERNAL;
	}
	log_by_parent();
	if (!sandbox_enter(user, looks_up_names(ask), parent))
		return EXIT_INTERNAL;
	if (measure_and_tell(ask)) {
		close(MESSAGE_FD); /* now, and not when all is taken down */
		return EXIT_DONE;
	}
	log_warn("measuring");
	return EXIT_INTERNAL;
}

/* ---- the parent ---- */

/* Believes what can be true, or nothing. */
static bool
believe(struct measurement *m, const struct message *msg,
    const struct verify_limits *limits)
{
	const char *wrong;

	if (msg->size == 0) /* it has told why */
		return false;
	wrong = message_read(m, msg, limits);
	if (wrong != NULL)
		log_warnx(
		    "the measuring process tells what cannot be: %s", wrong);
	return wrong == NULL;
}

/*
 * Since the child's last look at the clocks somebody may have set them, or the
 * machine may have slept: then its samples are of a clock that is gone.
 */
static void
discard_stale(struct measurement *m, double rate)
{
	struct source *src;
	unsigned i, k;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		for (k = 0; k < src->nsamples; k++)
			if (!now_undisturbed(
				&src->samples[k].at, &m->ended, rate)) {
				src->nsamples = 0;
				src->fault = FAULT_DISTURBED;
				m->disturbed = true;
			}
	}
}

static bool
be_parent(struct measurement *m, struct child *c, const struct ask *ask,
    struct verify_limits *limits, unsigned powers)
{
	int64_t most_ns = ask->wait_ns != 0 ? ask->wait_ns : ask->timeout_ns;
	int64_t late_ns = LATE_NS + ask->nservers * EACH_NS;
	bool good = sandbox_keep(powers | POWER_CHILD) &&
		    child_attend(c, limits->began_mono_ns + most_ns + late_ns);

	child_bury(c);
	now_all(&limits->ended);
	good = good && sandbox_keep(powers) && believe(m, &c->message, limits);
	if (good)
		discard_stale(m, ask->rate);
	free(c->message.bytes);
	return good;
}

/* ---- who is what ---- */

/* Whether it takes more than our name to do this there. */
static bool
takes_power(const struct stat *st, mode_t what)
{
	return st->st_uid != geteuid() || (st->st_mode & what) != what;
}

static bool
folder_takes_power(const char *path, mode_t what)
{
	struct stat st;

	return stat(path, &st) == 0 && takes_power(&st, what);
}

/* The file, the folder it is put in, or one on the way there. */
static bool
file_takes_power(const char *path)
{
	char *copy = strdup(path), *end, *folder;
	struct stat st;
	bool result;

	if (copy == NULL)
		return false;
	if ((end = strrchr(copy, '/')) != NULL)
		end[1] = '\0';
	folder = realpath(end != NULL ? copy : ".", NULL);
	/* Of a link itself: where it leads it was followed already, or not. */
	result =
	    (lstat(path, &st) == 0 && takes_power(&st, S_IWUSR)) ||
	    (folder != NULL && folder_takes_power(folder, S_IWUSR | S_IXUSR));
	while (
	    !result && folder != NULL && (end = strrchr(folder, '/')) != NULL) {
		*end = '\0';
		result = folder_takes_power(folder, S_IXUSR);
	}
	free(folder);
	free(copy);
	return result;
}

static unsigned
powers_for(const struct priv_duties *d, const struct ask *ask)
{
	unsigned i, powers = d->clock ? POWER_CLOCK : 0;

	if (d->clock && ask->wait_ns != 0)
		powers |= POWER_LOOK; /* for daemons, when there is an answer */
	for (i = 0; i < PRIV_FILES; i++)
		if (d->files[i] != NULL && file_takes_power(d->files[i]))
			powers |= POWER_FILES;
	return powers;
}

static bool
measure_here(
    struct measurement *m, const struct ask *ask, const struct user *user)
{
	if (!sandbox_enter(user, looks_up_names(ask), 0))
		return false;
	if (exchange(m, ask) == 0)
		return true;
	log_warn("measuring");
	return false;
}

static void
close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* Forks, with a pipe for the message and one for words; -1 with errno. */
static pid_t
part(int message[2], int log[2])
{
	pid_t pid = -1;

	if (pipe(message) == -1)
		return -1;
	if (pipe(log) == -1) {
		close_pair(message);
		return -1;
	}
	if ((pid = fork()) == -1) {
		close_pair(message);
		close_pair(log);
	}
	return pid;
}

static bool
measure_apart(struct measurement *m, const struct ask *ask,
    const struct user *user, const struct priv_duties *d)
{
	struct verify_limits limits = { .ask = ask,
		.began_mono_ns = now_mono_ns() };
	struct child c = { .max = message_max(ask),
		.told_max = WORDS_MAX + ask->nservers * EACH_WORDS };
	int message[2], log[2];
	pid_t self = getpid();

	signal(SIGCHLD, SIG_DFL); /* its number is its own until it is buried */
	if ((c.pid = part(message, log)) == -1) {
		log_warn("starting the measuring process");
		return false;
	}
	if (c.pid == 0)
		_exit(be_child(ask, user, self, message[1], log[1]));
	close(message[1]);
	close(log[1]);
	c.message_fd = message[0];
	c.log_fd = log[0];
	if (d->rival != NULL)
		(void)guard_find(d->rival, 1);
	return be_parent(m, &c, ask, &limits, powers_for(d, ask));
}

bool
priv_measure(struct measurement *m, const struct ask *ask,
    const struct user *user, const struct priv_duties *d)
{
	unsigned i;
	bool any = d->clock;

	for (i = 0; i < PRIV_FILES; i++)
		any |= d->files[i] != NULL;
	return any ? measure_apart(m, ask, user, d)
		   : measure_here(m, ask, user);
}
