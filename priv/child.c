/*
 * Hearing out the measuring process.
 *
 * Its message comes by one pipe, and what it has to tell by another, line by
 * line.  It has its time, and so many bytes; whoever has taken it over has no
 * more.
 */

#include "priv/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/now.h"
#include "base/types.h"

#define LAST_READS 64 /* of what a pipe holds when the child has ended */
#define HELD_UP_NS (500 * NS_PER_MS)

static void
end_line(struct child *c)
{
	c->line[c->nline] = '\0';
	if (c->nline > 0 && c->told <= c->told_max)
		log_relay(c->line);
	c->told += c->nline;
	if (c->told > c->told_max && c->told - c->nline <= c->told_max)
		log_warnx("the measuring process tells too much: the rest of "
			  "it is left out");
	c->nline = 0;
}

/* What the child has to tell; false at its end. */
static bool
hear(struct child *c)
{
	char buf[1024];
	ssize_t i, n = read(c->log_fd, buf, sizeof(buf));

	for (i = 0; i < n; i++) {
		if (buf[i] == '\n' || c->nline == CHILD_LINE_SIZE - 1)
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
	if (n == 0)
		return 0;
	if (n == -1) {
		log_warn("hearing the measuring process");
		return -1;
	}
	msg->size += (size_t)n;
	if (msg->size <= c->max)
		return 1;
	log_warnx("the measuring process tells more than there can be");
	return -1;
}

/*
 * Whether its time is over.  Where we were held up ourselves (a machine that
 * was frozen, a run that was stopped) so was the child, and it gets a moment.
 */
static bool
is_over(int64_t now_ns, int64_t *until_ns)
{
	if (now_ns < *until_ns)
		return false;
	if (now_ns < *until_ns + HELD_UP_NS)
		return true;
	*until_ns = now_ns + HELD_UP_NS;
	return false;
}

bool
child_attend(struct child *c, int64_t until_ns)
{
	struct pollfd p[2] = { { .fd = c->message_fd, .events = POLLIN },
		{ .fd = c->log_fd, .events = POLLIN } };
	int64_t now_ns = now_mono_ns(), ms;
	int more = 1;

	if (until_ns < now_ns + HELD_UP_NS) /* we come late ourselves */
		until_ns = now_ns + HELD_UP_NS;
	while (more == 1) {
		now_ns = now_mono_ns();
		if (is_over(now_ns, &until_ns)) {
			log_warnx("the measuring process was not done in time");
			return false;
		}
		ms = (until_ns - now_ns) / NS_PER_MS + 1;
		if (poll(p, 2, ms > INT_MAX ? INT_MAX : (int)ms) <= 0)
			continue;
		if (p[1].revents != 0 && !hear(c))
			p[1].fd = -1;
		if (p[0].revents != 0)
			more = read_more(c);
	}
	c->ended = more == 0;
	return c->ended;
}

/*
 * What has become of one that told nothing.  Without CAP_KILL (a container) it
 * may not end, and is not waited for.
 */
static void
tell_fate(const struct child *c, bool killed)
{
	int status = 0, options = killed ? 0 : WNOHANG;

	while (waitpid(c->pid, &status, options) == -1 && errno == EINTR)
		;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		log_warnx("the measuring process was ended by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (c->ended && (!WIFEXITED(status) || WEXITSTATUS(status) == 0))
		log_warnx("the measuring process ended and told nothing: was "
			  "it killed?");
}

/*
 * One that has told all there is to tell is not waited for: to take down a
 * process takes as long as to measure.  The kernel buries it.
 */
void
child_bury(struct child *c)
{
	bool killed = kill(c->pid, SIGKILL) == 0;
	int i;

	fcntl(c->log_fd, F_SETFL, O_NONBLOCK);
	for (i = 0; i < LAST_READS && hear(c); i++)
		;
	end_line(c);
	if (c->message.size == 0) {
		tell_fate(c, killed);
	} else {
		signal(SIGCHLD, SIG_IGN);
		waitpid(c->pid, NULL, WNOHANG); /* it may be dead already */
	}
	close(c->message_fd);
	close(c->log_fd);
}
