/*
 * The suite's own NTP server: it answers on loopback as truthfully, or as
 * wrongly, as the words after each address say, so that tests can shift the
 * server instead of the clock.  It shares no code with ntpsync, or both would
 * err alike.  It checks nothing in a request (bytes that are missing count as
 * zero), knows no authentication, and serves nobody but this machine.
 *
 * Moments are int64_t nanoseconds since 1970, or since boot for due_ns.
 */
#include "tests/helpers/ntpserver.h"
#include "tests/helpers/serving.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BIND_TRIES 64

/* A request, from its arrival until its reply is due. */
struct pending {
	struct pending *next;
	struct server *server;
	union address client;
	int64_t number; /* the first request to this address is 1 */
	int64_t received_ns, due_ns;
	size_t len;
	unsigned char request[REQUEST_MAX];
};

struct service {
	struct server *servers;
	size_t n;
	struct pending *queue; /* by due_ns */
	int log_fd;            /* or -1 */
};

static int64_t
to_ns(struct timespec t)
{
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t
now_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return to_ns(t);
}

static int64_t
ahead_ns(const struct server *s)
{
	return s->shift_ns + s->offset_ns;
}

/* ---- Replies ---- */

static void
put_u32(unsigned char *p, uint32_t n)
{
	n = htonl(n);
	memcpy(p, &n, sizeof(n));
}

/* Eras are the remainder of 2^32; 1 ns is 4.3 units, so none carries over. */
static void
put_time(unsigned char *p, int64_t t_ns)
{
	int64_t s = t_ns / NS_PER_S, ns = t_ns % NS_PER_S;

	if (ns < 0) {
		ns += NS_PER_S;
		s--;
	}
	put_u32(p, (uint32_t)(s + JAN_1970));
	put_u32(p + 4, (uint32_t)(((ns << 32) + NS_PER_S / 2) / NS_PER_S));
}

/* Seconds as 16.16, rounded; 65535 s is the most, so none overflows. */
static void
put_short(unsigned char *p, int64_t t_ns)
{
	put_u32(p, (uint32_t)((t_ns * 65536 + NS_PER_S / 2) / NS_PER_S));
}

/* All of the header but the transmit time, which is not known yet. */
static void
put_header(unsigned char *p, const struct pending *q)
{
	const struct server *s = q->server;
	int64_t version = s->version, t2_ns = q->received_ns + ahead_ns(s);

	if (version == AS_ASKED)
		version = q->request[0] >> 3 & 7;
	p[0] = (unsigned char)(s->leap << 6 | version << 3 | s->mode);
	p[1] = (unsigned char)s->stratum;
	p[2] = s->poll == AS_ASKED ? q->request[2] : (unsigned char)s->poll;
	p[3] = (unsigned char)s->precision;
	put_short(p + ROOTDELAY, s->rootdelay_ns);
	put_short(p + ROOTDISP, s->rootdisp_ns);
	put_u32(p + REFID, (uint32_t)s->refid);
	put_time(p + REFERENCE, t2_ns - NS_PER_S);
	memcpy(p + ORIGIN, q->request + TRANSMIT, 8);
	put_time(p + RECEIVE, t2_ns);
}

/* Returns the length that is to be sent. */
static size_t
put_reply(unsigned char *p, const struct pending *q)
{
	const struct server *s = q->server;
	size_t len = s->flags & ECHO ? q->len : HEADER;
	size_t whole = len + s->append_len + (size_t)s->pad;

	memset(p, 0, whole < HEADER ? HEADER : whole);
	if (s->flags & ECHO)
		memcpy(p, q->request, len);
	else if (!(s->flags & BLANK))
		put_header(p, q);
	memcpy(p + len, s->append, s->append_len);
	return whole < (size_t)s->short_len ? whole : (size_t)s->short_len;
}

static void
spoil(unsigned char *p, const struct pending *q)
{
	int64_t flags = q->server->flags;

	if (flags & ZERO_ORIGIN)
		memset(p + ORIGIN, 0, 8);
	if (flags & ZERO_RECEIVE)
		memset(p + RECEIVE, 0, 8);
	if (flags & ZERO_TRANSMIT)
		memset(p + TRANSMIT, 0, 8);
	if (flags & ZERO_REFERENCE)
		memset(p + REFERENCE, 0, 8);
	if (flags & WRONG_ORIGIN || (flags & BAD_THEN && q->number == 1))
		p[ORIGIN + 7] ^= 1;
}

static void
send_times(const struct pending *q, const void *p, size_t len, int64_t times)
{
	const struct server *s = q->server;

	while (times-- > 0)
		if (sendto(s->reply_fd, p, len, 0, &q->client.sa,
			sizeof(q->client)) == -1)
			warn("%s: sendto", s->name);
}

/* What somebody who cannot see the request would send: a guess. */
static void
send_junk(const struct pending *q)
{
	unsigned char junk[WHOLE_MAX];
	size_t len = put_reply(junk, q);

	junk[ORIGIN] ^= 0x80;
	put_time(junk + REFERENCE, JAN_2100 * NS_PER_S);
	put_time(junk + RECEIVE, JAN_2100 * NS_PER_S);
	put_time(junk + TRANSMIT, JAN_2100 * NS_PER_S);
	send_times(q, junk, len, q->server->junk);
}

static void
send_reply(const struct pending *q)
{
	const struct server *s = q->server;
	unsigned char reply[WHOLE_MAX];
	size_t len = put_reply(reply, q);

	if (!(s->flags & (BLANK | ECHO)))
		put_time(reply + TRANSMIT,
		    now_ns(CLOCK_REALTIME) + ahead_ns(s) + s->hold_ns);
	spoil(reply, q);
	send_times(q, reply, len, s->copies);
}

/* ---- Requests ---- */

/* The moment the kernel received it, or else the present. */
static int64_t
arrival_ns(struct msghdr *msg)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct timespec t;

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_TIMESTAMPNS)
		return now_ns(CLOCK_REALTIME);
	memcpy(&t, CMSG_DATA(c), sizeof(t));
	return to_ns(t);
}

static bool
receive(struct pending *q)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct iovec iov = { q->request, sizeof(q->request) };
	struct msghdr msg = {
		.msg_name = &q->client,
		.msg_namelen = sizeof(q->client),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(q->server->fd, &msg, MSG_DONTWAIT);

	if (n == -1)
		return false;
	q->len = (size_t)n;
	q->received_ns = arrival_ns(&msg);
	q->due_ns = now_ns(CLOCK_MONOTONIC) + q->server->delay_ns;
	q->number = ++q->server->requests;
	return true;
}

static void
log_request(int fd, const struct pending *q)
{
	char line[2 * REQUEST_MAX + 80];
	size_t i;
	int n;

	n = snprintf(line, sizeof(line), "%s %u ", q->server->name,
	    ntohs(q->client.in.sin_port));
	for (i = 0; i < q->len; i++)
		n += sprintf(line + n, "%02x", q->request[i]);
	line[n++] = '\n';
	if (write(fd, line, (size_t)n) != n)
		warn("log");
}

static void
enqueue(struct pending **at, struct pending *q)
{
	while (*at != NULL && (*at)->due_ns <= q->due_ns)
		at = &(*at)->next;
	q->next = *at;
	*at = q;
}

static void
take_request(struct service *all, struct server *s)
{
	struct pending *q = calloc(1, sizeof(*q));

	if (q == NULL)
		err(1, NULL);
	q->server = s;
	if (!receive(q)) {
		free(q);
		return;
	}
	if (all->log_fd != -1)
		log_request(all->log_fd, q);
	if (q->number > s->drop && q->number <= s->only)
		enqueue(&all->queue, q);
	else
		free(q);
}

static bool
is_due(const struct pending *q)
{
	return q != NULL && q->due_ns <= now_ns(CLOCK_MONOTONIC);
}

static void
answer_due(struct service *all)
{
	struct pending *q;

	while (is_due(q = all->queue)) {
		all->queue = q->next;
		if (q->server->junk > 0)
			send_junk(q);
		send_reply(q);
		free(q);
	}
}

/* Sleeps until there is a request to read or a reply to send. */
static void
wait_for_work(const struct service *all, struct pollfd *fds)
{
	struct timespec left = { 0 };
	int64_t ns = 0;

	if (all->queue != NULL)
		ns = all->queue->due_ns - now_ns(CLOCK_MONOTONIC);
	if (ns > 0) {
		left.tv_sec = (time_t)(ns / NS_PER_S);
		left.tv_nsec = (long)(ns % NS_PER_S);
	}
	if (ppoll(fds, all->n, all->queue ? &left : NULL, NULL) == -1)
		err(1, "ppoll");
}

static _Noreturn void
serve(struct service *all)
{
	struct pollfd *fds = calloc(all->n, sizeof(*fds));
	size_t i;

	if (fds == NULL)
		err(1, NULL);
	for (i = 0; i < all->n; i++) {
		fds[i].fd = all->servers[i].fd;
		fds[i].events = POLLIN;
	}
	for (;;) {
		wait_for_work(all, fds);
		for (i = 0; i < all->n; i++)
			if (fds[i].revents != 0)
				take_request(all, &all->servers[i]);
		answer_due(all);
	}
}

/* ---- Sockets ---- */

/* A socket, or -1 with errno. */
static int
bind_to(union address addr, in_port_t port)
{
	int on = 1, saved;
	int fd = socket(addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	addr.in.sin_port = htons(port);
	if (bind(fd, &addr.sa, sizeof(addr)) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	return fd;
}

static in_port_t
port_of(int fd)
{
	union address a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.sa, &len) == -1)
		err(1, "getsockname");
	return ntohs(a.in.sin_port);
}

/* All to one port; where that is taken, again from the first with another. */
static in_port_t
bind_all(struct service *all, in_port_t wanted)
{
	int tries = wanted == 0 ? BIND_TRIES : 1;
	in_port_t port = wanted;
	struct server *s;
	size_t i = 0;

	while (i < all->n) {
		s = &all->servers[i];
		s->fd = s->reply_fd = bind_to(s->addr, port);
		if (s->fd != -1) {
			port = port_of(s->fd);
			i++;
			continue;
		}
		if (errno != EADDRINUSE || --tries == 0)
			err(1, "%s", s->name);
		while (i > 0)
			close(all->servers[--i].fd);
		port = wanted;
	}
	return port;
}

/* After bind_all(), so that they take no address that is to be served. */
static void
bind_from(struct service *all, in_port_t port)
{
	struct server *s;

	for (s = all->servers; s < all->servers + all->n; s++) {
		if (s->from.sa.sa_family == AF_UNSPEC)
			continue;
		if ((s->reply_fd = bind_to(s->from, port)) == -1 &&
		    (s->reply_fd = bind_to(s->from, 0)) == -1)
			err(1, "%s: from", s->name);
	}
}

static int
open_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	if (fd == -1)
		err(1, "%s", path);
	return fd;
}

/* Returns the port. */
static in_port_t
parse_options(int argc, char *argv[], int *log_fd)
{
	int64_t port = 0;
	int c;

	while ((c = getopt(argc, argv, "l:p:")) != -1)
		if (c == 'l')
			*log_fd = open_log(optarg);
		else if (c != 'p')
			usage(NULL, NULL);
		else if (!parse_decimal(&port, optarg, 1) || port < 0 ||
			 port > UINT16_MAX)
			usage("port", optarg);
	return (in_port_t)port;
}

int
main(int argc, char *argv[])
{
	struct service all = { .log_fd = -1 };
	in_port_t port;
	size_t i;

	serving_begin();
	port = parse_options(argc, argv, &all.log_fd);
	if (optind == argc)
		usage(NULL, NULL);
	all.n = (size_t)(argc - optind);
	if ((all.servers = calloc(all.n, sizeof(*all.servers))) == NULL)
		err(1, NULL);
	for (i = 0; i < all.n; i++)
		parse_spec(&all.servers[i], argv[optind + (int)i]);
	port = bind_all(&all, port);
	bind_from(&all, port);
	if (printf("%u\n", port) < 0 || fclose(stdout) != 0)
		err(1, "stdout");
	serve(&all);
}
