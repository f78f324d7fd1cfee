/*
 * The recipes of hostile replies: words that each alter the reply a little, in
 * the order in which they stand.  Shares no code with ntpsync.
 *
 *   leap= version= mode= stratum= poll= precision=    a number
 *   rootdelay= rootdisp=      8 hex digits, as on the wire
 *   refid=                    8 hex digits, or up to 4 characters
 *   reference= origin= receive= transmit=
 *                             16 hex digits; zero, ones; flip:BIT, not, swap
 *                             (its octets), halves; add:SECONDS; previous; or
 *                             the name of another of these
 *   blank, ones, echo         zeros, ones, or the request instead of it all
 *   len=N                     cut, or filled with zeros, to N octets
 *   fill=N:OCTET              N times that octet (hex) behind it
 *   hex=DIGITS                these octets behind it
 *   field=CLAIM:SIZE:TIMES    extension fields that say CLAIM and have SIZE
 *   mac=N                     a key id and N octets behind it
 *   copies=N, replay          sent N times; after all that was sent before
 *   from=port, address, nowhere
 */
#include "tests/helpers/hostile.h"

#include <stdlib.h>
#include <string.h>

struct word {
	const char *name;
	bool (*alter)(struct hostile *, const struct word *, const char *value);
	unsigned at, shift, mask;
};

uint64_t
hostile_load(const uint8_t *p)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < 8; i++)
		n = n << 8 | p[i];
	return n;
}

void
hostile_store(uint8_t *p, uint64_t n)
{
	int i;

	for (i = 7; i >= 0; i--, n >>= 8)
		p[i] = (uint8_t)n;
}

static bool
read_number(long *n, const char *text, const char **rest, int base)
{
	char *end;

	*n = strtol(text, &end, base);
	*rest = end;
	return end != text;
}

static bool
read_whole(long *n, const char *text, long most)
{
	return read_number(n, text, &text, 10) && *text == '\0' && *n <= most;
}

/* ---- The header ---- */

static bool
alter_bits(struct hostile *h, const struct word *w, const char *value)
{
	unsigned octet = h->wire[w->at];
	long n;

	if (!read_whole(&n, value, 255) || n < -128)
		return false;
	octet &= ~(w->mask << w->shift);
	octet |= ((unsigned)n & w->mask) << w->shift;
	h->wire[w->at] = (uint8_t)octet;
	return true;
}

static bool
is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

static bool
put_hex(uint8_t *p, const char *text)
{
	unsigned octet;

	for (; *text != '\0'; text += 2) {
		if (sscanf(text, "%2x", &octet) != 1)
			return false;
		*p++ = (uint8_t)octet;
	}
	return true;
}

static bool
alter_word(struct hostile *h, const struct word *w, const char *value)
{
	return is_hex(value, 8) && put_hex(h->wire + w->at, value);
}

static bool
alter_refid(struct hostile *h, const struct word *w, const char *value)
{
	if (is_hex(value, 8))
		return alter_word(h, w, value);
	memset(h->wire + w->at, 0, 4);
	memcpy(h->wire + w->at, value, strnlen(value, 4));
	return strlen(value) >= 1 && strlen(value) <= 4;
}

/* ---- Timestamps ---- */

static uint64_t
swapped(uint64_t n)
{
	uint64_t back = 0;
	int i;

	for (i = 0; i < 8; i++, n >>= 8)
		back = back << 8 | (n & 0xff);
	return back;
}

/* What needs an argument; false when it is none of these. */
static bool
move_stamp(uint64_t *n, const char *value)
{
	const char *text = strchr(value, ':');
	char *end;
	long bit;

	if (text == NULL)
		return false;
	if (strncmp(value, "flip:", 5) == 0) {
		if (!read_whole(&bit, text + 1, 63) || bit < 0)
			return false;
		*n ^= UINT64_C(1) << bit;
		return true;
	}
	*n += (uint64_t)(int64_t)(strtod(text + 1, &end) * 4294967296.0);
	return strncmp(value, "add:", 4) == 0 && *end == '\0';
}

static bool
alter_stamp(struct hostile *h, const struct word *w, const char *value)
{
	uint64_t n = hostile_load(h->wire + w->at);
	bool known = true;

	if (strcmp(value, "zero") == 0)
		n = 0;
	else if (strcmp(value, "ones") == 0)
		n = UINT64_MAX;
	else if (strcmp(value, "not") == 0)
		n = ~n;
	else if (strcmp(value, "swap") == 0)
		n = swapped(n);
	else if (strcmp(value, "halves") == 0)
		n = n << 32 | n >> 32;
	else if (strcmp(value, "previous") == 0)
		n = h->occasion->previous;
	else if (strcmp(value, "origin") == 0)
		n = hostile_load(h->wire + ORIGIN);
	else if (strcmp(value, "receive") == 0)
		n = hostile_load(h->wire + RECEIVE);
	else if (strcmp(value, "transmit") == 0)
		n = hostile_load(h->wire + TRANSMIT);
	else if (is_hex(value, 16))
		n = strtoull(value, NULL, 16);
	else
		known = move_stamp(&n, value);
	hostile_store(h->wire + w->at, n);
	return known;
}

/* ---- All of it, and what follows ---- */

static bool
alter_all(struct hostile *h, const struct word *w, const char *value)
{
	memset(h->wire, (int)w->mask, HEADER);
	if (w->at != 0)
		memcpy(h->wire, h->occasion->request,
		    h->len = h->occasion->request_len);
	return *value == '\0';
}

static bool
append(struct hostile *h, int octet, long n)
{
	if (n < 0 || (size_t)n > HOSTILE_MAX - h->len)
		return false;
	memset(h->wire + h->len, octet, (size_t)n);
	h->len += (size_t)n;
	return true;
}

static bool
alter_len(struct hostile *h, const struct word *w, const char *value)
{
	long n;

	(void)w;
	if (!read_whole(&n, value, HOSTILE_MAX) || n < 0)
		return false;
	if ((size_t)n > h->len)
		return append(h, 0, n - (long)h->len);
	h->len = (size_t)n;
	return true;
}

static bool
alter_fill(struct hostile *h, const struct word *w, const char *value)
{
	long n, octet;

	(void)w;
	return read_number(&n, value, &value, 10) && *value == ':' &&
	       read_number(&octet, value + 1, &value, 16) && *value == '\0' &&
	       append(h, (int)octet, n);
}

static bool
alter_hex(struct hostile *h, const struct word *w, const char *value)
{
	size_t at = h->len, n = strlen(value);

	(void)w;
	return n % 2 == 0 && is_hex(value, n) && append(h, 0, (long)n / 2) &&
	       put_hex(h->wire + at, value);
}

static bool
append_field(struct hostile *h, long claim, long size)
{
	uint8_t *field = h->wire + h->len;

	if (size < 4 || !append(h, 0x5a, size))
		return false;
	field[0] = 0x01;
	field[1] = 0x04;
	field[2] = (uint8_t)(claim >> 8);
	field[3] = (uint8_t)claim;
	return true;
}

static bool
alter_field(struct hostile *h, const struct word *w, const char *value)
{
	long claim, size, times = 1;

	(void)w;
	if (!read_number(&claim, value, &value, 10))
		return false;
	size = claim;
	if (*value == ':' && !read_number(&size, value + 1, &value, 10))
		return false;
	if (*value == ':' && !read_number(&times, value + 1, &value, 10))
		return false;
	for (; times > 0; times--)
		if (!append_field(h, claim, size))
			return false;
	return *value == '\0';
}

static bool
alter_mac(struct hostile *h, const struct word *w, const char *value)
{
	long n;

	(void)w;
	return read_whole(&n, value, HOSTILE_MAX) && append(h, 0, 3) &&
	       append(h, 1, 1) && append(h, 0xa5, n);
}

/* ---- How it is sent ---- */

static bool
alter_copies(struct hostile *h, const struct word *w, const char *value)
{
	long n;

	(void)w;
	if (!read_whole(&n, value, 1000) || n < 0)
		return false;
	h->copies = (unsigned)n;
	return true;
}

static bool
alter_way(struct hostile *h, const struct word *w, const char *value)
{
	h->from = (enum origin)w->at;
	h->replay |= w->mask != 0;
	return *value == '\0';
}

static const struct word words[] = {
	{ "leap=", alter_bits, 0, 6, 3 },
	{ "version=", alter_bits, 0, 3, 7 },
	{ "mode=", alter_bits, 0, 0, 7 },
	{ "stratum=", alter_bits, 1, 0, 255 },
	{ "poll=", alter_bits, 2, 0, 255 },
	{ "precision=", alter_bits, 3, 0, 255 },
	{ "rootdelay=", alter_word, 4, 0, 0 },
	{ "rootdisp=", alter_word, 8, 0, 0 },
	{ "refid=", alter_refid, 12, 0, 0 },
	{ "reference=", alter_stamp, 16, 0, 0 },
	{ "origin=", alter_stamp, ORIGIN, 0, 0 },
	{ "receive=", alter_stamp, RECEIVE, 0, 0 },
	{ "transmit=", alter_stamp, TRANSMIT, 0, 0 },
	{ "blank", alter_all, 0, 0, 0 },
	{ "ones", alter_all, 0, 0, 255 },
	{ "echo", alter_all, 1, 0, 0 },
	{ "len=", alter_len, 0, 0, 0 },
	{ "fill=", alter_fill, 0, 0, 0 },
	{ "hex=", alter_hex, 0, 0, 0 },
	{ "field=", alter_field, 0, 0, 0 },
	{ "mac=", alter_mac, 0, 0, 0 },
	{ "copies=", alter_copies, 0, 0, 0 },
	{ "replay", alter_way, FROM_SERVER, 0, 1 },
	{ "from=port", alter_way, FROM_PORT, 0, 0 },
	{ "from=address", alter_way, FROM_ADDRESS, 0, 0 },
	{ "from=nowhere", alter_way, FROM_NOWHERE, 0, 0 },
};

/* Stratum 1, called TEST, set a second ago. */
static void
be_honest(struct hostile *h, const struct occasion *o)
{
	static const uint8_t first[16] = { 0x24, 1, 6, 0xe9, 0, 0, 0, 0, 0, 0,
		0, 0, 'T', 'E', 'S', 'T' };

	h->occasion = o;
	h->len = HEADER;
	h->copies = 1;
	h->replay = false;
	h->from = FROM_SERVER;
	memcpy(h->wire, first, sizeof(first));
	hostile_store(h->wire + 16, o->receive - (UINT64_C(1) << 32));
	memcpy(h->wire + ORIGIN, o->request + TRANSMIT, 8);
	hostile_store(h->wire + RECEIVE, o->receive);
	hostile_store(h->wire + TRANSMIT, o->transmit);
}

static bool
follow_word(struct hostile *h, const char *text)
{
	const struct word *w;
	size_t len;

	for (w = words; w < words + sizeof(words) / sizeof(words[0]); w++) {
		len = strlen(w->name);
		if (strncmp(text, w->name, len) == 0)
			return w->alter(h, w, text + len);
	}
	return false;
}

bool
recipe_follow(
    struct hostile *h, const struct recipe *r, const struct occasion *o)
{
	char text[HOSTILE_LINE], *rest = text, *word;

	strcpy(text, r->words);
	be_honest(h, o);
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && !follow_word(h, word))
			return false;
	return true;
}

bool
recipe_read(struct recipe *r, FILE *f)
{
	char *rest;

	do {
		if (fgets(r->text, sizeof(r->text), f) == NULL)
			return false;
		r->text[strcspn(r->text, "#\n")] = '\0';
		rest = r->text + strspn(r->text, " ");
	} while (*rest == '\0');
	r->name = strsep(&rest, " ");
	if (rest == NULL)
		return false;
	rest += strspn(rest, " ");
	r->outcome = strsep(&rest, " ");
	r->words = rest == NULL ? "" : rest;
	return true;
}
