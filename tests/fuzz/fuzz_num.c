/*
 * Fuzzer of base/num and base/date: each line of an input is read as a duration
 * and as a whole number, and reckoned again in integers that are wide enough.
 */

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/num.h"
#include "base/types.h"
#include "tests/fuzz/fuzz.h"

#define DIGITS    "0123456789"
#define YEARS_100 (INT64_C(100) * 31556952 * NS_PER_S)
#define UNTOUCH   INT64_C(-77)
#define WIDE_MAX  18 /* digits that the second reckoning has room for */

static __int128
unit_of(const char *name)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", NS_PER_S }, { "", NS_PER_S }, { "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S }, { "d", 86400 * NS_PER_S } };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].ns;
	return 0;
}

/* So many digits as a number; *tens is 10 to the power of their count. */
static __int128
digits(const char *text, size_t n, __int128 *tens)
{
	__int128 v = 0;

	*tens = 1;
	for (; n > 0; n--, text++) {
		v = v * 10 + (*text - '0');
		*tens *= 10;
	}
	return v;
}

/* What it means by command.md; -1: nothing, -2: there are too many digits. */
static __int128
meaning(const char *text)
{
	size_t whole = strspn(text, DIGITS), part = 0;
	const char *point = text + whole, *unit = point;
	__int128 ns, behind, tens;

	if (*point == '.') {
		part = strspn(point + 1, DIGITS);
		unit = point + 1 + part;
	}
	if (whole == 0 || unit == point + 1 || unit_of(unit) == 0)
		return -1;
	if (whole > WIDE_MAX || part > WIDE_MAX)
		return -2;
	ns = digits(text, whole, &tens) * unit_of(unit);
	if (part > 0) {
		behind = digits(point + 1, part, &tens);
		ns += behind * unit_of(unit) / tens;
	}
	return ns <= YEARS_100 ? ns : -1;
}

static void
check_duration(const char *text)
{
	__int128 want = meaning(text);
	int64_t ns = UNTOUCH;
	bool good = num_duration(&ns, text);

	HOLDS(good == (ns != UNTOUCH));
	HOLDS(!good || (ns >= 0 && ns <= YEARS_100));
	HOLDS(want == -2 || good == (want >= 0));
	HOLDS(want < 0 || ns == want);
	HOLDS(want != -1 || !good);
}

static void
check_whole(const char *text, unsigned min, unsigned max)
{
	size_t n = strlen(text), zeros = strspn(text, "0");
	bool digits_only = n > 0 && strspn(text, DIGITS) == n, good;
	__int128 tens, want;
	unsigned v = 77;

	good = num_whole(&v, text, min, max);
	HOLDS(!good || digits_only);
	if (!digits_only || n - zeros > WIDE_MAX)
		return;
	want = digits(text + zeros, n - zeros, &tens);
	HOLDS(good == (want >= min && want <= max));
	HOLDS(v == (good ? want : 77));
}

/* Whatever the number, the words fit and are text. */
static void
check_words(int64_t ns)
{
	char buf[NUM_TEXT_SIZE], date[DATE_TEXT_SIZE];
	int style;

	for (style = NUM_SIGNED; style <= NUM_PLAIN; style++) {
		num_text(buf, ns, (enum num_style)style, "u");
		HOLDS(strlen(buf) >= 3 && strlen(buf) < sizeof(buf) - 1);
		HOLDS(strspn(buf, DIGITS "+-. abcdefghijklmnopqrstuvwxyz") ==
		      strlen(buf));
	}
	date_text(date, ns);
	HOLDS(strlen(date) == strlen("2026-11-22 09:12:00 UTC"));
}

static void
check_sums(int64_t a, int64_t b)
{
	__int128 sum = (__int128)a + b, diff = (__int128)a - b;
	int64_t root = (int64_t)(num_abs(a) >> 12), square;

	HOLDS(num_add(a, b) == (sum > INT64_MAX      ? INT64_MAX
				   : sum < INT64_MIN ? INT64_MIN
						     : (int64_t)sum));
	HOLDS(num_sub(a, b) == (diff > INT64_MAX      ? INT64_MAX
				   : diff < INT64_MIN ? INT64_MIN
						      : (int64_t)diff));
	HOLDS(num_abs(a) == (uint64_t)(a < 0 ? -(__int128)a : a));
	HOLDS(num_min(a, b) <= a && num_min(a, b) <= b);
	square = root;
	root = num_root((double)square); /* below 2^52: exact */
	HOLDS(root * root - root <= square && square <= root * root + root);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n);
	int64_t a = (int64_t)read_u64(&r), b = (int64_t)read_u64(&r);
	char *text, *line;

	fuzz_begin();
	text = fuzz_text(bytes, n);
	while ((line = strsep(&text, "\n")) != NULL) {
		check_duration(line);
		check_whole(line, 0, UINT32_MAX);
		check_whole(line, 1, 16);
	}
	check_words(a);
	check_words(a >> (b & 63));
	check_sums(a, b);
	fuzz_end();
	return 0;
}
