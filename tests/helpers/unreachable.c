/*
 * A server for whom somebody forges ICMP errors: to each request comes first
 * that its port is unreachable, and MS milliseconds later the true reply.
 *
 *   unreachable MS ADDRESS...
 *
 * prints the port that it serves at all of these addresses, which are in
 * 127.0.0.0/8.  Needs the right to raw sockets.
 */
#include "tests/helpers/hostile.h"
#include "tests/helpers/serving.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS   INT64_C(1000000)
#define SERVERS_MAX 16

/* RFC 792: what is told is how the packet began that got nowhere. */
struct unreachable {
	struct icmphdr icmp;
	struct iphdr ip;
	struct udphdr udp;
};

struct server {
	int fd;
	struct sockaddr_in self, client;
	bool asked;
	struct timespec due; /* monotonic */
	uint8_t request[HEADER];
	uint64_t received;
};

static uint16_t
checksum(const void *p, size_t n)
{
	const uint8_t *octets = p;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	sum = (sum >> 16) + (sum & 0xffff);
	return htons((uint16_t) ~(sum + (sum >> 16)));
}

static void
forge(const struct server *s)
{
	struct unreachable u = { .icmp = { .type = ICMP_DEST_UNREACH,
				     .code = ICMP_PORT_UNREACH } };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	u.ip = (struct iphdr){ .version = 4,
		.ihl = 5,
		.ttl = 64,
		.tot_len = htons(sizeof(u.ip) + sizeof(u.udp) + HEADER),
		.protocol = IPPROTO_UDP,
		.saddr = s->client.sin_addr.s_addr,
		.daddr = s->self.sin_addr.s_addr };
	u.ip.check = checksum(&u.ip, sizeof(u.ip));
	u.udp.source = s->client.sin_port;
	u.udp.dest = s->self.sin_port;
	u.udp.len = htons(sizeof(u.udp) + HEADER);
	u.icmp.checksum = checksum(&u, sizeof(u));
	if (fd == -1 ||
	    sendto(fd, &u, sizeof(u), 0, (const struct sockaddr *)&s->client,
		sizeof(s->client)) == -1)
		err(1, "ICMP");
	close(fd);
}

static void
take(struct server *s, int64_t late_ns)
{
	socklen_t len = sizeof(s->client);

	if (recvfrom(s->fd, s->request, HEADER, 0,
		(struct sockaddr *)&s->client, &len) != HEADER)
		return;
	s->received = serving_now();
	forge(s);
	clock_gettime(CLOCK_MONOTONIC, &s->due);
	late_ns += s->due.tv_nsec;
	s->due.tv_sec += (time_t)(late_ns / (1000 * NS_PER_MS));
	s->due.tv_nsec = (long)(late_ns % (1000 * NS_PER_MS));
	s->asked = true;
}

static void
answer_due(struct server *s)
{
	static const struct recipe as_it_is = { "", "honest", "none", "" };
	static struct hostile h;
	struct occasion o = { s->request, HEADER, 0, s->received,
		serving_now() };
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!s->asked || now.tv_sec < s->due.tv_sec ||
	    (now.tv_sec == s->due.tv_sec && now.tv_nsec < s->due.tv_nsec))
		return;
	s->asked = false;
	if (!recipe_follow(&h, &as_it_is, &o) ||
	    sendto(s->fd, h.wire, h.len, 0, (struct sockaddr *)&s->client,
		sizeof(s->client)) == -1)
		err(1, "sendto");
}

static in_port_t
bind_to(struct server *s, const char *text, in_port_t port)
{
	socklen_t len = sizeof(s->self);

	s->self.sin_family = AF_INET;
	s->self.sin_port = port;
	if (inet_pton(AF_INET, text, &s->self.sin_addr) != 1 ||
	    ntohl(s->self.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
		errx(2, "%s: not in 127.0.0.0/8", text);
	s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fd == -1 ||
	    bind(s->fd, (struct sockaddr *)&s->self, len) == -1 ||
	    getsockname(s->fd, (struct sockaddr *)&s->self, &len) == -1)
		err(1, "%s", text);
	return s->self.sin_port;
}

int
main(int argc, char *argv[])
{
	static struct server servers[SERVERS_MAX];
	struct pollfd fds[SERVERS_MAX];
	in_port_t port = 0;
	int i, n = argc - 2;

	serving_begin();
	if (n < 1 || n > SERVERS_MAX)
		errx(2, "usage: unreachable MS ADDRESS...");
	for (i = 0; i < n; i++) {
		port = bind_to(&servers[i], argv[i + 2], port);
		fds[i] = (struct pollfd){ servers[i].fd, POLLIN, 0 };
	}
	if (printf("%u\n", ntohs(port)) < 0 || fclose(stdout) != 0)
		err(1, "stdout");
	for (;;) {
		if (poll(fds, (nfds_t)n, 1) == -1)
			err(1, "poll");
		for (i = 0; i < n; i++) {
			if (fds[i].revents != 0)
				take(&servers[i], atoll(argv[1]) * NS_PER_MS);
			answer_due(&servers[i]);
		}
	}
}
