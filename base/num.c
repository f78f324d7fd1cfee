/*
 * Numbers as people write and read them, and arithmetic that does not overflow.
 *
 * Reading is strict: no sign, no space, no exponent, no locale.  Durations stay
 * integers all the way; a double appears only where one is printed.
 */

#include "base/num.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/types.h"

#define DURATION_MAX (100 * NS_PER_YEAR)

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ "", NS_PER_S },
	{ "ns", 1 },
	{ "us", NS_PER_US },
	{ "ms", NS_PER_MS },
	{ "s", NS_PER_S },
	{ "m", NS_PER_MIN },
	{ "h", NS_PER_HOUR },
	{ "d", NS_PER_DAY },
};

static int64_t
unit_ns(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].ns;
	return 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits before the point, in units; NULL if there are none or too many. */
static const char *
whole_part(int64_t *ns, const char *p, int64_t unit)
{
	int64_t n = 0;

	if (!is_digit(*p))
		return NULL;
	for (; is_digit(*p); p++) {
		if (n > DURATION_MAX / unit / 10)
			return NULL;
		n = n * 10 + (*p - '0');
	}
	*ns = n * unit;
	return p;
}

/*
 * The digits behind the point, from the last to the first: each is a tenth of
 * what is in front of it, and cutting off at every step cuts off only what is
 * finer than a nanosecond in the end.
 */
static const char *
fraction(int64_t *ns, const char *p, int64_t unit)
{
	const char *end = p, *digit;
	int64_t part = 0;

	while (is_digit(*end))
		end++;
	for (digit = end; digit > p;)
		part = ((*--digit - '0') * unit + part) / 10;
	*ns += part;
	return end > p ? end : NULL;
}

bool
num_duration(int64_t *ns, const char *text)
{
	const char *p = text + strspn(text, "0123456789.");
	int64_t unit = unit_ns(p), sum;

	if (unit == 0 || (p = whole_part(&sum, text, unit)) == NULL)
		return false;
	if (*p == '.' && (p = fraction(&sum, p + 1, unit)) == NULL)
		return false;
	if (unit_ns(p) != unit || sum > DURATION_MAX)
		return false;
	*ns = sum;
	return true;
}

bool
num_whole(unsigned *out, const char *text, unsigned min, unsigned max)
{
	uint64_t n = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (!is_digit(*text))
			return false;
		if ((n = n * 10 + (uint64_t)(*text - '0')) > max)
			return false;
	}
	if (n < min)
		return false;
	*out = (unsigned)n;
	return true;
}

uint64_t
num_abs(int64_t ns)
{
	return ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
}

int64_t
num_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

int64_t
num_sub(int64_t a, int64_t b)
{
	int64_t diff;

	if (__builtin_sub_overflow(a, b, &diff))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return diff;
}

int64_t
num_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Newton's method, from above: the first guess that grows is the root. */
int64_t
num_root(double square)
{
	double x = square, next = (x + 1) / 2;

	if (square < 1)
		return square >= 0.25;
	while (next < x) {
		x = next;
		next = (x + square / x) / 2;
	}
	return x < (double)INT64_MAX ? (int64_t)(x + 0.5) : INT64_MAX;
}

/* The largest unit in which the value is not below `from` nanoseconds. */
static const struct scale {
	int64_t from, ns;
	const char *prefix, *name;
} scales[] = {
	{ 2 * NS_PER_YEAR, NS_PER_YEAR, "", "years" },
	{ 2 * NS_PER_DAY, NS_PER_DAY, "", "days" },
	{ 2 * NS_PER_HOUR, NS_PER_HOUR, "", "h" },
	{ 2 * NS_PER_MIN, NS_PER_MIN, "", "min" },
	{ NS_PER_S - NS_PER_MS / 2, NS_PER_S, "", "s" }, /* not 1000 ms */
	{ NS_PER_MS / 2, NS_PER_MS, "", "ms" },
	{ 0, NS_PER_US, "u", "s" },
};

/*
 * Behind the point: as many as each style shows of a value below the limit, and
 * none of others.  A mere constant may be finer than a double (on i386 it is),
 * and 9.995 below 9.995; an object is not.
 */
static const struct limit {
	double below;
	int decimals;
} limits[][3] = {
	[NUM_SIGNED] = { { 9.9995, 3 }, { 99.995, 2 } },
	[NUM_SHORT] = { { 9.95, 1 } },
	[NUM_PLAIN] = { { 9.995, 2 }, { 99.95, 1 } },
};

static int
decimals(double value, enum num_style style)
{
	const struct limit *l = limits[style];

	while (l->decimals > 0 && value >= l->below)
		l++;
	return l->decimals;
}

const char *
num_text(char buf[NUM_TEXT_SIZE], int64_t ns, enum num_style style,
    const char *micro)
{
	const struct scale *s = scales;
	const char *sign = "";
	double value;

	if (style == NUM_SIGNED)
		sign = ns < 0 ? "-" : "+";
	while (num_abs(ns) < (uint64_t)s->from)
		s++;
	value = (double)num_abs(ns) / (double)s->ns;
	snprintf(buf, NUM_TEXT_SIZE, "%s%.*f %s%s", sign,
	    decimals(value, style), value, *s->prefix ? micro : "", s->name);
	return buf;
}

const char *
num_seconds(char buf[NUM_TEXT_SIZE], int64_t ns)
{
	uint64_t size = num_abs(ns);

	snprintf(buf, NUM_TEXT_SIZE, "%s%" PRIu64 ".%09" PRIu64,
	    ns < 0 ? "-" : "", size / NS_PER_S, size % NS_PER_S);
	return buf;
}
