/*
 * The words that say how an address of the test server behaves: one table reads
 * them and prints the usage.
 */
#include "tests/helpers/ntpserver.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* As many places as unit has. */
bool
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
noreturn void
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

void
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
