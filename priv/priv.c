/*
 * Who talks to the network has no power, and who has power does not talk to the
 * network.
 *
 * Three descriptors lead from the child to its parent: the measurement comes as
 * one message, and what is to be told comes line by line as the standard error.
 * The child's end of the bargain is watched: it has its deadline, and so many
 * bytes.
 */

#include "priv/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "net/exchange.h"
#include "priv/message.h"
#include "priv/sandbox.h"
#include "priv/verify.h"

#define LATE_NS    (500 * NS_PER_MS) /* beyond its deadline, then it is over, */
#define EACH_NS    (20 * NS_PER_US)  /* and so much later for each server */
#define MESSAGE_FD 3                 /* the child's */
#define LINE_SIZE  640               /* longer lines are cut in pieces */

/* The child, as its parent knows it. */
struct child {
	pid_t pid;
	int message_fd, log_fd;
	size_t max, room; /* of the message */
	struct message message;
	size_t nline;
	char line[LINE_SIZE];
};

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
	int null = open("/dev/null", O_RDONLY);

	if (null == -1)
		null = log_fd; /* it is only read by our parent */
	return dup2(null, STDIN_FILENO) != -1 &&
	       dup2(null, STDOUT_FILENO) != -1 &&
	       dup2(log_fd, STDERR_FILENO) != -1 &&
	       dup2(message_fd, MESSAGE_FD) != -1;
}

static int
be_child(const struct ask *ask, const struct user *user, pid_t parent)
{
	struct measurement m = { 0 };
	struct message msg;

	log_by_parent();
	if (!sandbox_enter(user, looks_up_names(ask)) ||
	    !sandbox_detach(MESSAGE_FD + 1, parent))
		return EXIT_INTERNAL;
	if (exchange(&m, ask) == 0 && message_write(&msg, &m, ask) == 0 &&
	    tell(&msg))
		return EXIT_DONE;
	log_warn("measuring");
	return EXIT_INTERNAL;
}

/* ---- the parent ---- */

static void
end_line(struct child *c)
{
	c->line[c->nline] = '\0';
	if (c->nline > 0)
		log_relay(c->line);
	c->nline = 0;
}

/* What the child has to tell; false at its end. */
static bool
hear(struct child *c)
{
	char buf[1024];
	ssize_t i, n = read(c->log_fd, buf, sizeof(buf));

	for (i = 0; i < n; i++) {
		if (buf[i] == '\n' || c->nline == LINE_SIZE - 1)
			end_line(c);
		if (buf[i] != '\n')
			c->line[c->nline++] = buf[i];
	}
	return n > 0;
}

static bool
make_room(struct child *c)
{
	size_t room = c->room == 0 ? 4096 : c->room * 2;
	uint8_t *more = realloc(c->message.bytes, room);

	if (more == NULL)
		return false;
	c->message.bytes = more;
	c->room = room;
	return true;
}

/* More of the message: 1, 0 at its end, -1 after a message. */
static int
read_more(struct child *c)
{
	struct message *msg = &c->message;
	ssize_t n;

	if (msg->size == c->room && !make_room(c)) {
		log_warn("hearing the measuring process");
		return -1;
	}
	n = read(c->message_fd, msg->bytes + msg->size, c->room - msg->size);
	if (n <= 0)
		return 0;
	msg->size += (size_t)n;
	if (msg->size <= c->max)
		return 1;
	log_warnx("the measuring process tells more than there can be");
	return -1;
}

/* Hears the child to its message's end, or until then; false: no message. */
static bool
attend(struct child *c, int64_t until_ns)
{
	struct pollfd p[2] = { { .fd = c->message_fd, .events = POLLIN },
		{ .fd = c->log_fd, .events = POLLIN } };
	int64_t ms;
	int more = 1;

	while (more == 1) {
		ms = num_sub(until_ns, now_mono_ns()) / NS_PER_MS;
		if (ms <= 0) {
			log_warnx("the measuring process was not done in time");
			return false;
		}
		if (poll(p, 2, ms > INT_MAX ? INT_MAX : (int)ms) <= 0)
			continue;
		if (p[1].revents != 0 && !hear(c))
			p[1].fd = -1;
		if (p[0].revents != 0)
			more = read_more(c);
	}
	return more == 0;
}

/* Ends the child if it has not ended, and tells of one that fell. */
static void
bury(struct child *c)
{
	int status = 0;

	kill(c->pid, SIGKILL); /* or it could go on telling */
	fcntl(c->log_fd, F_SETFL, O_NONBLOCK);
	while (hear(c))
		;
	end_line(c);
	while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		log_warnx("the measuring process was ended by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	close(c->message_fd);
	close(c->log_fd);
}

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

static bool
be_parent(struct measurement *m, struct child *c, const struct ask *ask,
    struct verify_limits *limits, unsigned powers)
{
	int64_t most_ns = ask->wait_ns != 0 ? ask->wait_ns : ask->timeout_ns;
	int64_t late_ns = LATE_NS + ask->nservers * EACH_NS;
	bool good = sandbox_keep(powers | POWER_CHILD) &&
		    attend(c, limits->from_mono_ns + most_ns + late_ns);

	bury(c);
	limits->to_mono_ns = now_mono_ns();
	good = good && sandbox_keep(powers) && believe(m, &c->message, limits);
	free(c->message.bytes);
	return good;
}

/* ---- who is what ---- */

/* Whether it takes more than our name to write there. */
static bool
takes_power(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 &&
	       (st.st_uid != geteuid() || (st.st_mode & S_IWUSR) == 0);
}

/* The file, or the folder it is put in. */
static bool
file_takes_power(const char *path)
{
	char *folder = strdup(path), *end;
	bool result;

	if (folder == NULL)
		return false;
	end = strrchr(folder, '/');
	if (end != NULL)
		end[1] = '\0';
	result = takes_power(path) || takes_power(end != NULL ? folder : ".");
	free(folder);
	return result;
}

static unsigned
powers_for(const struct priv_duties *d)
{
	unsigned i, powers = d->clock ? POWER_CLOCK : 0;

	for (i = 0; i < PRIV_FILES; i++)
		if (d->files[i] != NULL && file_takes_power(d->files[i]))
			powers |= POWER_FILES;
	return powers;
}

static bool
measure_here(
    struct measurement *m, const struct ask *ask, const struct user *user)
{
	if (!sandbox_enter(user, looks_up_names(ask)))
		return false;
	if (exchange(m, ask) == 0)
		return true;
	log_warn("measuring");
	return false;
}

static bool
measure_apart(struct measurement *m, const struct ask *ask,
    const struct user *user, unsigned powers)
{
	struct verify_limits limits = { .ask = ask,
		.from_mono_ns = now_mono_ns() };
	struct child c = { .max = message_max(ask) };
	int message[2], log[2];
	pid_t self = getpid();

	if (pipe(message) == -1 || pipe(log) == -1 || (c.pid = fork()) == -1) {
		log_warn("starting the measuring process");
		return false;
	}
	if (c.pid == 0)
		_exit(take_places(message[1], log[1])
			  ? be_child(ask, user, self)
			  : EXIT_INTERNAL);
	close(message[1]);
	close(log[1]);
	c.message_fd = message[0];
	c.log_fd = log[0];
	return be_parent(m, &c, ask, &limits, powers);
}

bool
priv_measure(struct measurement *m, const struct ask *ask,
    const struct user *user, const struct priv_duties *d)
{
	unsigned i;
	bool any = d->clock;

	for (i = 0; i < PRIV_FILES; i++)
		any |= d->files[i] != NULL;
	return any ? measure_apart(m, ask, user, powers_for(d))
		   : measure_here(m, ask, user);
}
