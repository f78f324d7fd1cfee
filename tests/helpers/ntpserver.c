/*
 * The suite's own NTP server: it answers on loopback as truthfully, or as
 * wrongly, as the words after each address say, so that tests can shift the
 * server instead of the clock.  It shares no code with ntpsync, or both would
 * err alike.  It checks nothing in a request (bytes that are missing count as
 * zero), knows no authentication, and serves nobody but this machine.
 *
 * Moments are int64_t nanoseconds since 1970, or since boot for due_ns.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)
#define ERA_S    INT64_C(4294967296) /* 2^32 s: 1970 to 2106 */
#define JAN_1970 INT64_C(2208988800) /* in NTP seconds, since 1900 */
#define JAN_2100 INT64_C(4102444800) /* in Unix seconds */

/* Where the fields of the header begin: RFC 5905, section 7.3. */
enum { ROOTDELAY = 4, ROOTDISP = 8, REFID = 12, HEADER = 48 };
enum { REFERENCE = 16, ORIGIN = 24, RECEIVE = 32, TRANSMIT = 40 };

enum {
	REQUEST_MAX = 2048, /* the rest of a longer one is cut off */
	APPEND_MAX = 2048,
	REPLY_MAX = 65507, /* what UDP carries over IPv4; longer ones are cut */
	PAD_MAX = REPLY_MAX - HEADER,
	WHOLE_MAX = REQUEST_MAX + APPEND_MAX + PAD_MAX,
	AS_ASKED = 1000, /* a version or poll copied from the request */
	BIND_TRIES = 64
};

enum flag {
	WRONG_ORIGIN = 1 << 0,
	ZERO_ORIGIN = 1 << 1,
	ZERO_RECEIVE = 1 << 2,
	ZERO_TRANSMIT = 1 << 3,
	ZERO_REFERENCE = 1 << 4,
	ZERO_ALL = ZERO_RECEIVE | ZERO_TRANSMIT | ZERO_REFERENCE,
	BLANK = 1 << 5,
	ECHO = 1 << 6,
	BAD_THEN = 1 << 7
};

union address {
	struct sockaddr sa;
	struct sockaddr_in in; /* its port is where that of in6 is */
	struct sockaddr_in6 in6;
};

/* One address and how it behaves. */
struct server {
	const char *name; /* the address as it was written */
	union address addr, from;
	int fd, reply_fd;
	int64_t requests; /* received so far */
	size_t append_len;
	unsigned char append[APPEND_MAX];
	/* What the table of words sets: int64_t, all of them. */
	int64_t offset_ns, shift_ns, hold_ns, delay_ns;
	int64_t rootdelay_ns, rootdisp_ns;
	int64_t stratum, leap, version, mode, precision, poll, refid;
	int64_t drop, only, copies, junk, pad, short_len;
	int64_t flags;
};

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

static int64_t
now_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return to_ns(t);
}

/* ---- Words ---- */

struct word {
	const char *name, *arg, *help;
	bool (*set)(struct server *, const struct word *, char *);
	size_t field;
	int64_t unit; /* what 1 is in the field */
	int64_t least, most;
};

static int64_t *
field_of(struct server *s, const struct word *w)
{
	return (void *)((char *)s + w->field);
}

/* A decimal number as an integer of 1/unit; as many places as unit has. */
static bool
parse_decimal(int64_t *value, const char *text, int64_t unit)
{
	static const char digits[] = "0123456789";
	bool minus = *text == '-';
	const char *p = text + (minus || *text == '+');
	uint64_t n = 0, scale = (uint64_t)unit;
	size_t whole = strspn(p, digits), part;

	if (whole < 1 || whole > 10)
		return false;
	for (; whole > 0; whole--)
		n = n * 10 + (uint64_t)(*p++ - '0');
	if (*p == '.' && (part = strspn(p + 1, digits)) > 0)
		for (p++; part > 0 && scale > 1; part--, scale /= 10)
			n = n * 10 + (uint64_t)(*p++ - '0');
	n *= scale;
	if (*p != '\0' || n > INT64_MAX)
		return false;
	*value = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

/* One to four characters, the first one highest, as refids are written. */
static bool
parse_chars(int64_t *id, const char *text)
{
	size_t i, len = strlen(text);

	*id = 0;
	for (i = 0; i < len; i++) {
		if (!isprint((unsigned char)text[i]))
			return false;
		*id |= (int64_t)text[i] << (24 - 8 * (int)(i & 3));
	}
	return len >= 1 && len <= 4;
}

/* A literal address of this machine's loopback, and nothing else. */
static bool
parse_address(union address *a, const char *text)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->in.sin_addr) == 1) {
		a->sa.sa_family = AF_INET;
		return ntohl(a->in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	a->sa.sa_family = AF_INET6;
	return inet_pton(AF_INET6, text, &a->in6.sin6_addr) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
}

static bool
is_hex(const char *text, size_t len)
{
	return strlen(text) == len &&
	       strspn(text, "0123456789abcdefABCDEF") == len;
}

static bool
set_number(struct server *s, const struct word *w, char *value)
{
	int64_t n;

	if (!parse_decimal(&n, value, w->unit) || n < w->least * w->unit ||
	    n > w->most * w->unit)
		return false;
	*field_of(s, w) = n;
	return true;
}

/* From here on the server is as far from the true time as T is now. */
static bool
set_time(struct server *s, const struct word *w, char *value)
{
	if (!set_number(s, w, value))
		return false;
	*field_of(s, w) -= now_ns(CLOCK_REALTIME);
	return true;
}

static bool
set_flag(struct server *s, const struct word *w, char *value)
{
	*field_of(s, w) |= w->unit;
	return *value == '\0';
}

static bool
set_refid(struct server *s, const struct word *w, char *value)
{
	if (!is_hex(value, 8))
		return parse_chars(field_of(s, w), value);
	*field_of(s, w) = (int64_t)strtoull(value, NULL, 16);
	return true;
}

static bool
set_kiss(struct server *s, const struct word *w, char *value)
{
	s->stratum = 0;
	s->leap = 3;
	return parse_chars(field_of(s, w), value);
}

static bool
set_append(struct server *s, const struct word *w, char *value)
{
	size_t i, len = strlen(value) / 2;

	(void)w;
	if (!is_hex(value, 2 * len) || len > APPEND_MAX)
		return false;
	for (i = 0; i < len; i++)
		sscanf(value + 2 * i, "%2hhx", &s->append[i]);
	s->append_len = len;
	return true;
}

static bool
set_from(struct server *s, const struct word *w, char *value)
{
	(void)w;
	return parse_address(&s->from, value) &&
	       s->from.sa.sa_family == s->addr.sa.sa_family;
}

#define FIELD(name)         offsetof(struct server, name)
#define NUMBER(name, a, z)  set_number, FIELD(name), 1, a, z
#define SECONDS(name, a, z) set_number, FIELD(name), NS_PER_S, a, z
#define FLAG(name, bits)    set_flag, FIELD(name), bits, 0, 0
#define OTHER(set, name)    set, FIELD(name), 0, 0, 0

static const struct word words[] = {
	{ "offset=", "S", "add S seconds to the true time",
	    SECONDS(offset_ns, -ERA_S, ERA_S) },
	{ "time=", "T", "pretend to have been started at Unix time T", set_time,
	    FIELD(shift_ns), NS_PER_S, 0, ERA_S },
	{ "stratum=", "N", "header field", NUMBER(stratum, 0, 255) },
	{ "leap=", "N", "header field", NUMBER(leap, 0, 3) },
	{ "version=", "N", "header field, else as in the request",
	    NUMBER(version, 0, 7) },
	{ "mode=", "N", "header field", NUMBER(mode, 0, 7) },
	{ "precision=", "N", "header field", NUMBER(precision, -128, 127) },
	{ "poll=", "N", "header field, else as in the request",
	    NUMBER(poll, -128, 127) },
	{ "refid=", "ID", "1 to 4 characters or 8 hex digits",
	    OTHER(set_refid, refid) },
	{ "kiss=", "CODE", "stratum=0,leap=3,refid=CODE",
	    OTHER(set_kiss, refid) },
	{ "rootdelay=", "S", "header field", SECONDS(rootdelay_ns, 0, 65535) },
	{ "rootdisp=", "S", "header field", SECONDS(rootdisp_ns, 0, 65535) },
	{ "drop=all", "", "answer nothing", FLAG(drop, INT64_MAX) },
	{ "drop=", "N", "do not answer the first N requests",
	    NUMBER(drop, 0, ERA_S) },
	{ "only=", "N", "answer only the first N requests",
	    NUMBER(only, 0, ERA_S) },
	{ "delay=", "MS", "send the reply MS milliseconds late", set_number,
	    FIELD(delay_ns), NS_PER_S / 1000, 0, 3600000 },
	{ "hold=", "S", "add S seconds to the transmit time",
	    SECONDS(hold_ns, -100000000, 100000000) },
	{ "copies=", "N", "send the reply N times", NUMBER(copies, 0, 100000) },
	{ "short=", "N", "send its first N bytes",
	    NUMBER(short_len, 0, REPLY_MAX) },
	{ "append=", "HEX", "append these bytes", OTHER(set_append, append) },
	{ "pad=", "N", "append N zero bytes", NUMBER(pad, 0, PAD_MAX) },
	{ "origin=wrong", "", "flip a bit of the originate time",
	    FLAG(flags, WRONG_ORIGIN) },
	{ "origin=zero", "", "zero the originate time",
	    FLAG(flags, ZERO_ORIGIN) },
	{ "zero=receive", "", "zero the receive time",
	    FLAG(flags, ZERO_RECEIVE) },
	{ "zero=transmit", "", "zero the transmit time",
	    FLAG(flags, ZERO_TRANSMIT) },
	{ "zero=all", "", "zero both and the reference time",
	    FLAG(flags, ZERO_ALL) },
	{ "blank", "", "reply with zero bytes", FLAG(flags, BLANK) },
	{ "echo", "", "reply with the request", FLAG(flags, ECHO) },
	{ "junk=", "N", "send N bogus replies first", NUMBER(junk, 0, 100000) },
	{ "from=", "ADDR", "reply from ADDR, and the same port if it is free",
	    OTHER(set_from, from) },
	{ "badthen", "", "origin=wrong, but for the first request only",
	    FLAG(flags, BAD_THEN) },
};
enum { NWORDS = sizeof(words) / sizeof(words[0]) };

#define DEFAULTS "stratum=1,mode=4,precision=-23,refid=TEST,copies=1"

/* Says first what was wrong, unless getopt() has. */
static _Noreturn void
usage(const char *where, const char *text)
{
	const struct word *w;

	if (where != NULL)
		warnx("%s: cannot use \"%s\"", where, text);
	fprintf(stderr,
	    "usage: ntpserver [-l LOGFILE] [-p PORT] ADDR[,WORD...] ...\n"
	    "ADDR is ::1 or in 127.0.0.0/8; a WORD is one of\n");
	for (w = words; w < words + NWORDS; w++)
		fprintf(stderr, "  %s%-*s %s\n", w->name,
		    14 - (int)strlen(w->name), w->arg, w->help);
	fprintf(stderr, "Each ADDR begins with " DEFAULTS "\n");
	exit(2);
}

/* No name begins with another one, save drop=all, which comes first. */
static bool
parse_word(struct server *s, char *text)
{
	const struct word *w;
	size_t len;

	for (w = words; w < words + NWORDS; w++) {
		len = strlen(w->name);
		if (strncmp(text, w->name, len) == 0)
			return w->set(s, w, text + len);
	}
	return false;
}

static void
parse_words(struct server *s, char *text)
{
	char *word;

	while ((word = strsep(&text, ",")) != NULL)
		if (!parse_word(s, word))
			usage(s->name, word);
}

static void
parse_spec(struct server *s, char *spec)
{
	char defaults[] = DEFAULTS;

	s->name = strsep(&spec, ",");
	if (!parse_address(&s->addr, s->name))
		usage("address", s->name);
	s->version = s->poll = AS_ASKED;
	s->only = INT64_MAX;
	s->short_len = REPLY_MAX;
	parse_words(s, defaults);
	parse_words(s, spec);
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

/* Shells start background jobs with SIGINT ignored. */
static void
end_with_parent(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1)
		err(1, "prctl");
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

	end_with_parent();
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
