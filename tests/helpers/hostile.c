/*
 * A server that answers every request by one recipe of a list: the first one
 * at 127.13.0.1, the next one at 127.13.0.2, and so on, all at one port, which
 * it prints.  Shares no code with ntpsync.
 */
#include "tests/helpers/hostile.h"
#include "tests/helpers/serving.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST      0x7f0d0001 /* 127.13.0.1 */
#define ELSEWHERE  0x7f0d0101 /* 127.13.1.1 */
#define LINES_MAX  250
#define EARLIER    8 /* replies kept for a replay */
#define BIND_TRIES 64

/* A line of the list, and what came of it so far. */
struct server {
	struct recipe recipe;
	uint64_t previous; /* transmit stamp of the last request; 0: none */
	unsigned n;        /* earlier replies */
	uint8_t earlier[EARLIER][HEADER];
};

struct service {
	struct server servers[LINES_MAX];
	struct pollfd fds[LINES_MAX];
	unsigned n;
	int elsewhere; /* a socket whose replies nobody should believe */
	uint64_t last; /* transmit stamp of the last request of all */
};

/* Ends the program when there is a word that is none. */
static void
read_list(struct service *all, const char *path)
{
	static struct hostile nothing;
	const uint8_t request[HEADER] = { 0 };
	struct occasion o = { .request = request, .request_len = HEADER };
	FILE *f = fopen(path, "r");

	if (f == NULL)
		err(1, "%s", path);
	while (all->n < LINES_MAX &&
	       recipe_read(&all->servers[all->n].recipe, f)) {
		if (!recipe_follow(&nothing, &all->servers[all->n].recipe, &o))
			errx(1, "%s: cannot follow \"%s\"", path,
			    all->servers[all->n].recipe.name);
		all->n++;
	}
	if (all->n == 0 || !feof(f))
		errx(1, "%s: has no lines, or over %d", path, LINES_MAX);
	fclose(f);
}

/* A socket, or -1 with errno. */
static int
bind_to(in_addr_t addr, in_port_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(addr) };
	int saved, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd != -1 && bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static in_port_t
port_of(int fd)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	if (getsockname(fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "getsockname");
	return ntohs(sin.sin_port);
}

/* All to one port, whichever is free at all of them; returns it. */
static in_port_t
bind_all(struct service *all)
{
	int tries = BIND_TRIES;
	in_port_t port = 0;
	unsigned i = 0;

	while (i < all->n) {
		all->fds[i].fd = bind_to(FIRST + i, port);
		all->fds[i].events = POLLIN;
		if (all->fds[i].fd != -1) {
			port = port_of(all->fds[i++].fd);
			continue;
		}
		if (errno != EADDRINUSE || --tries == 0)
			err(1, "bind");
		while (i > 0)
			close(all->fds[--i].fd);
		port = 0;
	}
	if ((all->elsewhere = bind_to(ELSEWHERE, port)) == -1 &&
	    (all->elsewhere = bind_to(ELSEWHERE, 0)) == -1)
		err(1, "bind");
	return port;
}

/* From another port it must be the same address: a socket for this once. */
static int
source_of(const struct service *all, unsigned i, enum origin from)
{
	if (from == FROM_ADDRESS)
		return dup(all->elsewhere);
	if (from == FROM_PORT)
		return bind_to(FIRST + i, 0);
	return dup(all->fds[i].fd);
}

static void
send_to(int fd, const struct sockaddr_in *to, const void *p, size_t len)
{
	if (sendto(fd, p, len, 0, (const struct sockaddr *)to, sizeof(*to)) ==
	    -1)
		warn("sendto");
}

static void
send_reply(struct service *all, unsigned i, const struct hostile *h,
    const struct sockaddr_in *to)
{
	struct server *s = &all->servers[i];
	int fd = source_of(all, i, h->from);
	unsigned k;

	if (fd == -1)
		err(1, "socket");
	for (k = 0; h->replay && k < s->n; k++)
		send_to(fd, to, s->earlier[k], HEADER);
	for (k = 0; k < h->copies; k++)
		send_to(fd, to, h->wire, h->len);
	if (s->n < EARLIER)
		memcpy(s->earlier[s->n++], h->wire, HEADER);
	close(fd);
}

static void
answer(struct service *all, unsigned i)
{
	static struct hostile h;
	uint8_t request[2048] = { 0 };
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	struct server *s = &all->servers[i];
	struct occasion o = { .request = request };
	ssize_t n = recvfrom(all->fds[i].fd, request, sizeof(request),
	    MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);

	if (n == -1)
		return;
	o.request_len = (size_t)n;
	o.receive = serving_now();
	o.previous = s->previous != 0 ? s->previous : all->last;
	s->previous = all->last = hostile_load(request + TRANSMIT);
	o.transmit = serving_now();
	if (!recipe_follow(&h, &s->recipe, &o))
		errx(1, "cannot follow \"%s\"", s->recipe.name);
	if (h.from != FROM_NOWHERE)
		send_reply(all, i, &h, &from);
}

int
main(int argc, char *argv[])
{
	static struct service all = { .last = UINT64_C(0x0123456789abcdef) };
	unsigned i;

	serving_begin();
	if (argc != 2)
		errx(2, "usage: hostile LIST");
	read_list(&all, argv[1]);
	if (printf("%u\n", bind_all(&all)) < 0 || fclose(stdout) != 0)
		err(1, "stdout");
	for (;;) {
		if (poll(all.fds, all.n, -1) == -1)
			err(1, "poll");
		for (i = 0; i < all.n; i++)
			if (all.fds[i].revents != 0)
				answer(&all, i);
	}
}
