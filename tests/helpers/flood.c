/*
 * A server that answers late, and meanwhile floods whoever asked: from the
 * right address and port, with packets that are no reply: wrong origins, some
 * too short, and one of 64 with 65,507 octets.
 *
 *   flood RATE MS
 *
 * prints its port, on 127.0.0.1; answers each request MS milliseconds later,
 * truthfully, and sends RATE packets a second until then.  After each answer it
 * prints how many packets that were, and how many a second.
 */
#include "tests/helpers/hostile.h"
#include "tests/helpers/serving.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define BURST    64

/* What is sent over and over again. */
static const char *const junk[] = { "a none origin=flip:0",
	"b none origin=zero",
	"c none origin=not receive=add:1000 transmit=add:1000", "d none echo",
	"e none stratum=0 leap=3 refid=DENY origin=ones", "f none len=47",
	"g none len=0", "h none blank" };
enum { KINDS = sizeof(junk) / sizeof(junk[0]) };

struct flood {
	int fd;
	struct sockaddr_in to;
	struct hostile kinds[KINDS], large;
};

static int64_t
now_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void
make(struct hostile *h, const char *line, const struct occasion *o)
{
	struct recipe r;
	FILE *f = fmemopen((void *)(uintptr_t)line, strlen(line), "r");

	if (f == NULL || !recipe_read(&r, f) || !recipe_follow(h, &r, o))
		errx(1, "cannot follow \"%s\"", line);
	fclose(f);
}

static void
send_one(struct flood *fl, const struct hostile *h)
{
	if (sendto(fl->fd, h->wire, h->len, 0, (struct sockaddr *)&fl->to,
		sizeof(fl->to)) == -1)
		err(1, "sendto");
}

/* What is due at this rate is sent; returns how many packets there were. */
static int64_t
pour(struct flood *fl, int64_t rate, int64_t until_ns)
{
	int64_t from_ns = now_ns(CLOCK_MONOTONIC), now = from_ns, sent = 0;
	struct timespec nap = { 0, 500000 };

	for (; now < until_ns; now = now_ns(CLOCK_MONOTONIC)) {
		if (sent >= (now - from_ns) * rate / NS_PER_S) {
			nanosleep(&nap, NULL);
			continue;
		}
		send_one(fl,
		    sent % BURST == 0 ? &fl->large : &fl->kinds[sent % KINDS]);
		sent++;
	}
	return sent;
}

static void
answer(struct flood *fl, int64_t rate, int64_t late_ns)
{
	static struct hostile reply;
	uint8_t request[2048] = { 0 };
	socklen_t len = sizeof(fl->to);
	struct occasion o = { .request = request };
	int64_t began, sent, took_ns;
	ssize_t n = recvfrom(fl->fd, request, sizeof(request), 0,
	    (struct sockaddr *)&fl->to, &len);
	int i;

	if (n == -1)
		err(1, "recvfrom");
	began = now_ns(CLOCK_MONOTONIC);
	o.request_len = (size_t)n;
	o.receive = o.transmit = serving_now();
	for (i = 0; i < KINDS; i++)
		make(&fl->kinds[i], junk[i], &o);
	make(&fl->large, "large none origin=not fill=65459:ff", &o);
	sent = pour(fl, rate, began + late_ns);
	took_ns = now_ns(CLOCK_MONOTONIC) - began;
	o.transmit = serving_now();
	make(&reply, "honest none", &o);
	send_one(fl, &reply);
	printf("%lld %lld\n", (long long)sent,
	    (long long)(sent * NS_PER_S / took_ns));
}

static void
bind_to_any(struct flood *fl)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);

	fl->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fl->fd == -1 ||
	    bind(fl->fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    getsockname(fl->fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "socket");
	printf("%u\n", ntohs(sin.sin_port));
}

int
main(int argc, char *argv[])
{
	static struct flood fl;

	serving_begin();
	if (argc != 3)
		errx(2, "usage: flood RATE MS");
	setvbuf(stdout, NULL, _IOLBF, 0);
	bind_to_any(&fl);
	for (;;)
		answer(&fl, atoll(argv[1]), atoll(argv[2]) * NS_PER_S / 1000);
}
