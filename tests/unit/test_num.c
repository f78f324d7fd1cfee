/*
 * Unit tests of base/num, base/date and base/addr: what people write and read.
 *
 * The dates are checked against the C library's own calendar; the rest against
 * figures worked out by hand.
 */

#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "base/date.h"
#include "base/num.h"
#include "base/types.h"
#include "tests/unit/unit.h"

#define MIN     (60 * NS_PER_S)
#define HOUR    (60 * MIN)
#define DAY     (24 * HOUR)
#define YEAR    (31556952 * NS_PER_S) /* 365.2425 days */
#define UNTOUCH INT64_C(-77)          /* what a refusal must leave alone */

static const struct {
	const char *text;
	int64_t ns;
} durations[] = {
	{ "5", 5 * NS_PER_S },
	{ "0.5", 500 * NS_PER_MS },
	{ "500ms", 500 * NS_PER_MS },
	{ "1us", 1000 },
	{ "1ns", 1 },
	{ "7s", 7 * NS_PER_S },
	{ "3m", 3 * MIN },
	{ "1.5h", 90 * MIN },
	{ "2d", 2 * DAY },
	{ "0", 0 },
	{ "0d", 0 },
	{ "0.0", 0 },
	{ "00.10s", 100 * NS_PER_MS },
	{ "0000000000000000000000000000000000000000005", 5 * NS_PER_S },
	/* finer than a nanosecond is cut off, not rounded */
	{ "0.5ns", 0 },
	{ "1.9ns", 1 },
	{ "0.0015us", 1 },
	{ "0.0019us", 1 },
	{ "0.0000000009", 0 },
	{ "0.0000000019", 1 },
	{ "0.123456789", 123456789 },
	{ "0.1234567899999999999999999999999999999999999", 123456789 },
	{ "1.999999999999999999999", 1999999999 },
	{ "0.000000001s", 1 },
	{ "0.000001ms", 1 },
	{ "0.00000000001m", 0 },                   /* 0.6 ns */
	{ "0.00000000002m", 1 },                   /* 1.2 ns */
	{ "0.000000000019m", 1 },                  /* 1.14 ns */
	{ "0.99999999999999999999m", MIN - 1 },    /* and a bit */
	{ "0.000000000009h", 32 },                 /* 32.4 ns */
	{ "0.0000000000009h", 3 },                 /* 3.24 ns */
	{ "0.123456789123456789h", 444444440844 }, /* and .44 ns */
	{ "0.99999999999999999999h", HOUR - 1 },
	{ "0.00000000009d", 7776 },
	{ "0.000000000009d", 777 },  /* 777.6 ns */
	{ "0.00000000000009d", 7 },  /* 7.776 ns */
	{ "0.000000000000019d", 1 }, /* 1.6416 ns */
	{ "0.99999999999999999999d", DAY - 1 },
	/* up to 100 years of 365.2425 days */
	{ "3155695200", 100 * YEAR },
	{ "3155695200s", 100 * YEAR },
	{ "3155695200.000000000", 100 * YEAR },
	{ "3155695199.999999999", 100 * YEAR - 1 },
	{ "3155695200000000000ns", 100 * YEAR },
	{ "3155695200000000us", 100 * YEAR },
	{ "3155695200000ms", 100 * YEAR },
	{ "52594920m", 100 * YEAR },
	{ "876582h", 100 * YEAR },
	{ "36524.25d", 100 * YEAR },
	{ "36524d", 36524 * DAY },
};

static const char *const not_durations[] = { "", "-1", "+1", "-0", "+0",
	"1e999", "1e3", "1E3", "5 s", " 5", "5 ", "\t5", "5\n", "nan", "inf",
	"NaN", ".5", ".5s", "5.", "5.s", ".", "..", "5..5", "1.2.3", "1.2.3s",
	"5S", "5MS", "5Us", "5D", "5sec", "5secs", "5min", "5hr", "5days", "5w",
	"5y", "100y", "5\xc2\xb5s", "0x10", "0b1", "1_000", "1'000", "1,5",
	"1:30", "s", "ms", "ns", "d", "5ms5", "5m5s", "5ss", "5sm", "5-", "5+",
	"5%", "5s.", "5s.5", "99999999999999999999", "9223372036854775807",
	"9223372036854775808", "18446744073709551616", "18446744073709551621",
	"9223372036854775807ns", "9223372036854775808ns",
	"18446744073709551617ns", "340282366920938463463374607431768211461",
	"3155695200.000000001", "3155695201", "3155695200000000001ns",
	"3155695200000001us", "3155695200000.000001ms", "3155695200001ms",
	"52594921m", "52594920.1m", "876583h", "876582.0001h", "36525d",
	"36524.2500001d", "106751d", "106752d", "213504d" };

static void
test_durations(void)
{
	int64_t ns;
	size_t i;

	for (i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		ns = UNTOUCH;
		CHECK(durations[i].text, num_duration(&ns, durations[i].text));
		CHECK_EQ(durations[i].text, ns, durations[i].ns);
	}
	for (i = 0; i < sizeof(not_durations) / sizeof(not_durations[0]); i++) {
		ns = UNTOUCH;
		CHECK(not_durations[i], !num_duration(&ns, not_durations[i]));
		CHECK_EQ(not_durations[i], ns, UNTOUCH);
	}
}

/* However long: digits, a point in the middle, and digits again. */
static void
test_long_durations(void)
{
	static char text[5001];
	int64_t ns = UNTOUCH;

	memset(text, '0', sizeof(text) - 1);
	CHECK("5000 zeros", num_duration(&ns, text));
	CHECK_EQ("5000 zeros", ns, 0);
	text[4999] = '7';
	CHECK("5000 digits, 7", num_duration(&ns, text));
	CHECK_EQ("5000 digits, 7", ns, 7 * NS_PER_S);
	text[2000] = '.';
	CHECK("0.000...7", num_duration(&ns, text));
	CHECK_EQ("0.000...7", ns, 0);
	memset(text, '9', sizeof(text) - 1);
	CHECK("5000 nines", !num_duration(&ns, text));
	text[1] = '.';
	CHECK("9.999...", num_duration(&ns, text));
	CHECK_EQ("9.999...", ns, 9999999999);
}

static const struct {
	const char *text;
	unsigned min, max;
	bool good;
	unsigned want;
} wholes[] = {
	{ "0", 0, 10, true, 0 },
	{ "1", 1, 8, true, 1 },
	{ "8", 1, 8, true, 8 },
	{ "007", 1, 8, true, 7 },
	{ "00000000000000000000000000000000", 0, 0, true, 0 },
	{ "65535", 1, 65535, true, 65535 },
	{ "4294967295", 0, UINT32_MAX, true, UINT32_MAX },
	{ "0", 1, 8, false, 0 },
	{ "9", 1, 8, false, 0 },
	{ "65536", 1, 65535, false, 0 },
	{ "4294967296", 0, UINT32_MAX, false, 0 },
	{ "4294967297", 1, 8, false, 0 },
	{ "18446744073709551615", 0, UINT32_MAX, false, 0 },
	{ "18446744073709551617", 1, 8, false, 0 },
	{ "99999999999999999999999999999999999999", 0, UINT32_MAX, false, 0 },
	{ "", 0, 8, false, 0 },
	{ "-1", 0, 8, false, 0 },
	{ "+1", 0, 8, false, 0 },
	{ " 1", 0, 8, false, 0 },
	{ "1 ", 0, 8, false, 0 },
	{ "1.0", 0, 8, false, 0 },
	{ "0x1", 0, 8, false, 0 },
	{ "1e0", 0, 8, false, 0 },
	{ "one", 0, 8, false, 0 },
	{ "5", 8, 1, false, 0 },
};

static void
test_wholes(void)
{
	unsigned n;
	size_t i;

	for (i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
		n = 77;
		CHECK(
		    wholes[i].text, num_whole(&n, wholes[i].text, wholes[i].min,
					wholes[i].max) == wholes[i].good);
		CHECK_EQ(
		    wholes[i].text, n, wholes[i].good ? wholes[i].want : 77);
	}
}

static const struct {
	int64_t ns;
	const char *with_sign, *brief, *plain;
} texts[] = {
	{ 0, "+0.000 us", "0.0 us", "0.00 us" },
	{ 1, "+0.001 us", "0.0 us", "0.00 us" },
	{ 999, "+0.999 us", "1.0 us", "1.00 us" },
	{ 1000, "+1.000 us", "1.0 us", "1.00 us" },
	{ 1234, "+1.234 us", "1.2 us", "1.23 us" },
	{ 9949, "+9.949 us", "9.9 us", "9.95 us" },
	{ 9950, "+9.950 us", "10 us", "9.95 us" },
	{ 9994, "+9.994 us", "10 us", "9.99 us" },
	{ 9995, "+9.995 us", "10 us", "10.0 us" },
	{ 9999, "+9.999 us", "10 us", "10.0 us" },
	{ 12000, "+12.00 us", "12 us", "12.0 us" },
	{ 99949, "+99.95 us", "100 us", "99.9 us" },
	{ 99950, "+99.95 us", "100 us", "100 us" },
	{ 99994, "+99.99 us", "100 us", "100 us" },
	{ 99995, "+100 us", "100 us", "100 us" },
	{ 499 * NS_PER_US, "+499 us", "499 us", "499 us" },
	{ 500 * NS_PER_US - 1, "+500 us", "500 us", "500 us" },
	/* half a millisecond */
	{ 500 * NS_PER_US, "+0.500 ms", "0.5 ms", "0.50 ms" },
	{ 820 * NS_PER_US, "+0.820 ms", "0.8 ms", "0.82 ms" },
	{ 1234 * NS_PER_US, "+1.234 ms", "1.2 ms", "1.23 ms" },
	{ 1254 * NS_PER_US, "+1.254 ms", "1.3 ms", "1.25 ms" },
	{ 1500 * NS_PER_US, "+1.500 ms", "1.5 ms", "1.50 ms" },
	{ 9999499, "+9.999 ms", "10 ms", "10.0 ms" },
	{ 9999500, "+10.00 ms", "10 ms", "10.0 ms" },
	{ 99994999, "+99.99 ms", "100 ms", "100 ms" },
	{ 99995000, "+100 ms", "100 ms", "100 ms" },
	{ 251 * NS_PER_MS, "+251 ms", "251 ms", "251 ms" },
	{ 999 * NS_PER_MS, "+999 ms", "999 ms", "999 ms" },
	{ 9994 * NS_PER_MS / 10, "+999 ms", "999 ms", "999 ms" },
	{ 9995 * NS_PER_MS / 10 - 1, "+999 ms", "999 ms", "999 ms" },
	/* a second, and what would be rounded to 1000 ms */
	{ 9995 * NS_PER_MS / 10, "+1.000 s", "1.0 s", "1.00 s" },
	{ NS_PER_S, "+1.000 s", "1.0 s", "1.00 s" },
	{ 1254 * NS_PER_MS, "+1.254 s", "1.3 s", "1.25 s" },
	{ 42 * NS_PER_S, "+42.00 s", "42 s", "42.0 s" },
	{ 119 * NS_PER_S, "+119 s", "119 s", "119 s" },
	/* two minutes, two hours, two days, two years */
	{ 2 * MIN, "+2.000 min", "2.0 min", "2.00 min" },
	{ 1000 * NS_PER_S + 1, "+16.67 min", "17 min", "16.7 min" },
	{ 119 * MIN, "+119 min", "119 min", "119 min" },
	{ 2 * HOUR, "+2.000 h", "2.0 h", "2.00 h" },
	{ 47 * HOUR, "+47.00 h", "47 h", "47.0 h" },
	{ 2 * DAY, "+2.000 days", "2.0 days", "2.00 days" },
	{ 730 * DAY, "+730 days", "730 days", "730 days" },
	{ 2 * YEAR, "+2.000 years", "2.0 years", "2.00 years" },
	{ 56 * YEAR + YEAR / 2, "+56.50 years", "56 years", "56.5 years" },
	{ 200 * YEAR, "+200 years", "200 years", "200 years" },
	{ INT64_MAX, "+292 years", "292 years", "292 years" },
	/* below zero: a magnitude has no sign */
	{ -1, "-0.001 us", "0.0 us", "0.00 us" },
	{ -1234 * NS_PER_US, "-1.234 ms", "1.2 ms", "1.23 ms" },
	{ -251 * NS_PER_MS, "-251 ms", "251 ms", "251 ms" },
	{ -1000 * NS_PER_S, "-16.67 min", "17 min", "16.7 min" },
	{ -INT64_MAX, "-292 years", "292 years", "292 years" },
	{ INT64_MIN, "-292 years", "292 years", "292 years" },
};

static void
check_text(
    int64_t ns, enum num_style style, const char *micro, const char *want)
{
	char buf[NUM_TEXT_SIZE], what[3 * NUM_TEXT_SIZE];
	const char *got = num_text(buf, ns, style, micro);

	snprintf(what, sizeof(what), "%lld ns is \"%s\", not \"%s\"",
	    (long long)ns, got, want);
	CHECK(what, strcmp(got, want) == 0 && got == buf);
}

static void
test_texts(void)
{
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check_text(texts[i].ns, NUM_SIGNED, "u", texts[i].with_sign);
		check_text(texts[i].ns, NUM_SHORT, "u", texts[i].brief);
		check_text(texts[i].ns, NUM_PLAIN, "u", texts[i].plain);
	}
	check_text(12000, NUM_SHORT, "\xc2\xb5", "12 \xc2\xb5s");
	check_text(12 * NS_PER_MS, NUM_SHORT, "\xc2\xb5", "12 ms");
	check_text(-12 * NS_PER_US, NUM_SIGNED, "\xc2\xb5", "-12.00 \xc2\xb5s");
}

static void
test_seconds(void)
{
	static const struct {
		int64_t ns;
		const char *want;
	} list[] = {
		{ 0, "0.000000000" },
		{ 1, "0.000000001" },
		{ -1, "-0.000000001" },
		{ NS_PER_S - 1, "0.999999999" },
		{ -NS_PER_S, "-1.000000000" },
		{ INT64_MAX, "9223372036.854775807" },
		{ INT64_MIN, "-9223372036.854775808" },
	};
	char buf[NUM_TEXT_SIZE];
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		CHECK(list[i].want,
		    strcmp(num_seconds(buf, list[i].ns), list[i].want) == 0);
}

static void
test_sums(void)
{
	static const struct {
		int64_t a, b, sum, diff;
	} sums[] = {
		{ 1, 2, 3, -1 },
		{ 0, 0, 0, 0 },
		{ INT64_MAX, 0, INT64_MAX, INT64_MAX },
		{ INT64_MAX, 1, INT64_MAX, INT64_MAX - 1 },
		{ INT64_MAX, -1, INT64_MAX - 1, INT64_MAX },
		{ INT64_MAX, INT64_MAX, INT64_MAX, 0 },
		{ INT64_MAX, INT64_MIN, -1, INT64_MAX },
		{ INT64_MIN, 0, INT64_MIN, INT64_MIN },
		{ INT64_MIN, 1, INT64_MIN + 1, INT64_MIN },
		{ INT64_MIN, -1, INT64_MIN, INT64_MIN + 1 },
		{ INT64_MIN, INT64_MIN, INT64_MIN, 0 },
		{ INT64_MIN, INT64_MAX, -1, INT64_MIN },
		{ 0, INT64_MIN, INT64_MIN, INT64_MAX },
		{ -1, INT64_MIN, INT64_MIN, INT64_MAX },
		{ -2, INT64_MAX, INT64_MAX - 2, INT64_MIN },
		{ 200 * YEAR, 200 * YEAR, INT64_MAX, 0 },
		{ -200 * YEAR, 200 * YEAR, 0, INT64_MIN },
	};
	size_t i;

	for (i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		CHECK_EQ("sum", num_add(sums[i].a, sums[i].b), sums[i].sum);
		CHECK_EQ("diff", num_sub(sums[i].a, sums[i].b), sums[i].diff);
	}
	CHECK("abs 0", num_abs(0) == 0);
	CHECK("abs 5", num_abs(5) == 5 && num_abs(-5) == 5);
	CHECK("abs max", num_abs(INT64_MAX) == INT64_MAX);
	CHECK("abs min", num_abs(INT64_MIN) == UINT64_C(1) << 63);
}

static void
test_roots(void)
{
	static const struct {
		double square;
		int64_t root;
	} roots[] = {
		{ 0, 0 }, { 5e-324, 0 }, { 1e-300, 0 }, { 0.2, 0 }, { 0.25, 1 },
		{ 0.3, 1 }, { 1, 1 }, { 2, 1 }, { 2.2, 1 }, { 2.25, 2 },
		{ 3, 2 }, { 4, 2 }, { 6.2, 2 }, { 6.3, 3 }, { 12500000, 3536 },
		{ 25e6, 5000 }, { 1e12, 1000000 },
		{ 1e18, INT64_C(1000000000) },
		{ 1e36, INT64_C(1000000000000000000) },
		{ 4611686018427387904.0, INT64_C(2147483648) }, /* 2^62 */
	};
	int64_t n;
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		CHECK_EQ("root", num_root(roots[i].square), roots[i].root);
	for (n = 0; n < 3000; n++)
		CHECK_EQ("root of n * n", num_root((double)(n * n)), n);
	for (n = 1; n < INT64_C(3000000000); n = n * 7 / 5 + 1)
		CHECK_EQ(
		    "root of big n * n", num_root((double)n * (double)n), n);
}

/* The C library's calendar is the judge. */
static void
check_date(int64_t s, int64_t rest_ns)
{
	struct date d = date_of(s * NS_PER_S + rest_ns);
	time_t t = (time_t)s;
	struct tm tm;
	bool same;

	gmtime_r(&t, &tm);
	same = d.year == tm.tm_year + 1900 && d.month == tm.tm_mon + 1 &&
	       d.day == tm.tm_mday && d.hour == tm.tm_hour &&
	       d.minute == tm.tm_min && d.second == tm.tm_sec &&
	       d.ns == rest_ns;
	CHECK_EQ("a second whose date is wrong", same ? 0 : s, 0);
}

static void
check_date_text(int64_t ns, const char *want)
{
	char buf[DATE_TEXT_SIZE], what[3 * DATE_TEXT_SIZE];
	const char *got = date_text(buf, ns);

	snprintf(
	    what, sizeof(what), "%lld is %s, not %s", (long long)ns, got, want);
	CHECK(what, strcmp(got, want) == 0 && got == buf);
}

/* int64_t nanoseconds hold 1677 to 2262, no more. */
static void
test_dates(void)
{
	static const struct {
		int64_t s;
		const char *text;
	} dates[] = {
		{ 0, "1970-01-01 00:00:00 UTC" },
		{ -1, "1969-12-31 23:59:59 UTC" },
		{ -2208988800, "1900-01-01 00:00:00 UTC" },
		{ -2203891200, "1900-03-01 00:00:00 UTC" },
		{ -2203891201, "1900-02-28 23:59:59 UTC" },
		{ 951782399, "2000-02-28 23:59:59 UTC" },
		{ 951782400, "2000-02-29 00:00:00 UTC" },
		{ 951868799, "2000-02-29 23:59:59 UTC" },
		{ 951868800, "2000-03-01 00:00:00 UTC" },
		{ 1709164800, "2024-02-29 00:00:00 UTC" },
		{ 1735689599, "2024-12-31 23:59:59 UTC" },
		{ 1795338720, "2026-11-22 09:12:00 UTC" },
		{ 2085978496, "2036-02-07 06:28:16 UTC" },
		{ 2147483648, "2038-01-19 03:14:08 UTC" },
		{ 4107542399, "2100-02-28 23:59:59 UTC" },
		{ 4107542400, "2100-03-01 00:00:00 UTC" },
		{ 4294967296, "2106-02-07 06:28:16 UTC" },
		{ 7258118399, "2199-12-31 23:59:59 UTC" },
		{ 9223372036, "2262-04-11 23:47:16 UTC" },
		{ -9223372036, "1677-09-21 00:12:44 UTC" },
	};
	size_t i;

	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		check_date_text(dates[i].s * NS_PER_S, dates[i].text);
	check_date_text(-NS_PER_S + 1, "1969-12-31 23:59:59 UTC");
	check_date_text(NS_PER_S - 1, "1970-01-01 00:00:00 UTC");
	check_date_text(INT64_MAX, "2262-04-11 23:47:16 UTC");
	check_date_text(INT64_MIN, "1677-09-21 00:12:43 UTC");
	CHECK_EQ("ns of -1", date_of(-1).ns, 999999999);
	CHECK_EQ("ns of INT64_MIN", date_of(INT64_MIN).ns, 145224192);
	CHECK_EQ("ns of INT64_MAX", date_of(INT64_MAX).ns, 854775807);
}

static void
test_every_day(void)
{
	int64_t day, last = INT64_MAX / DAY - 1;

	for (day = -last; day <= last; day++) {
		check_date(day * 86400, 0);
		check_date(day * 86400 + 86399, 999999999);
		check_date(day * 86400 + (day + last) % 86400, 1);
	}
}

static const struct {
	const char *text, *again; /* NULL: the same */
	int family;
} addresses[] = {
	{ "192.0.2.1", NULL, AF_INET },
	{ "0.0.0.0", NULL, AF_INET },
	{ "255.255.255.255", NULL, AF_INET },
	{ "::", NULL, AF_INET6 },
	{ "::1", NULL, AF_INET6 },
	{ "2001:db8::7", NULL, AF_INET6 },
	{ "2001:DB8:0:0:0:0:0:7", "2001:db8::7", AF_INET6 },
	{ "::ffff:192.0.2.1", "192.0.2.1", AF_INET },
	{ "fe80::1%4294967295", NULL, AF_INET6 },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%4294967295",
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295", AF_INET6 },
};

static const char *const not_addresses[] = { "", " ", "1", "1.2.3", "1.2.3.4.5",
	"1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4",
	"01.2.3.4", "1.2.3.4:123", "1.2.3.-4", "0x7f.0.0.1", "1.2.3.4%1",
	"localhost", "a.example.net", "[::1]", "[::1]:123", "::1 ", ":",
	":::", "1::2::3", "g::", "12345::", "1:2:3:4:5:6:7",
	"1:2:3:4:5:6:7:8:9", "::1/64", "::1%", "%1", "::1%0", "::1%-1",
	"::1%+1", "::1% 1", "::1%1 ", "::1%nosuchif0", "::1%4294967296",
	"::1%18446744073709551617", "::1%nosuchinterfacehasanameaslongasthis",
	"::1%%1", "fffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
	"0000000000000000000000000000000000000000000000000000000000000001" };

static void
test_addresses(void)
{
	struct server_addr a, zero = { 0 };
	char buf[ADDR_TEXT_SIZE];
	const char *want;
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		want = addresses[i].again;
		want = want == NULL ? addresses[i].text : want;
		a = zero;
		CHECK(
		    addresses[i].text, addr_parse(&a, addresses[i].text, 4660));
		CHECK_EQ(want, a.ss.ss_family, addresses[i].family);
		CHECK_EQ(want, addr_port(&a), 4660);
		CHECK(want, strcmp(addr_text(buf, &a), want) == 0);
	}
	for (i = 0; i < sizeof(not_addresses) / sizeof(not_addresses[0]); i++) {
		a = zero;
		CHECK(not_addresses[i], !addr_parse(&a, not_addresses[i], 123));
		CHECK(not_addresses[i], memcmp(&a, &zero, sizeof(a)) == 0);
	}
	CHECK("no address", addr_text(buf, &zero)[0] == '\0');
	CHECK("no address", addr_port(&zero) == 0);
}

/* An address parsed over another leaves nothing of it. */
static void
test_scopes(void)
{
	struct server_addr a = { 0 }, b = { 0 };
	char buf[ADDR_TEXT_SIZE];

	if (if_nametoindex("lo") != 0) {
		CHECK("by name", addr_parse(&a, "fe80::1%lo", 123));
		CHECK(buf, strcmp(addr_text(buf, &a), "fe80::1%lo") == 0);
		snprintf(buf, sizeof(buf), "fe80::1%%%u", if_nametoindex("lo"));
		CHECK("by number", addr_parse(&b, buf, 123));
		CHECK("one as the other", addr_order(&a, &b) == 0);
	}
	CHECK("scope", addr_parse(&a, "fe80::1%4294967294", 123));
	CHECK("no scope", addr_parse(&a, "fe80::1", 123));
	CHECK(buf, strcmp(addr_text(buf, &a), "fe80::1") == 0);
	CHECK("IPv4 over IPv6", addr_parse(&a, "192.0.2.9", 123));
	CHECK(buf, strcmp(addr_text(buf, &a), "192.0.2.9") == 0);
	memset(&b, 0xff, sizeof(b));
	CHECK("IPv4 over anything", addr_parse(&b, "192.0.2.9", 123));
	CHECK("the same", addr_order(&a, &b) == 0);
}

/* Nobody needs to know which order, but an order it must be. */
static void
test_order(void)
{
	static const struct {
		const char *text;
		uint16_t port;
	} list[] = {
		{ "192.0.2.1", 123 },
		{ "192.0.2.1", 124 },
		{ "192.0.2.1", 379 }, /* 123 with another high octet */
		{ "192.0.2.2", 123 },
		{ "255.0.0.1", 123 },
		{ "::1", 123 },
		{ "::1", 31488 }, /* 123 the other way round */
		{ "::2", 123 },
		{ "::fffe:192.0.2.1", 123 },
		{ "fe80::1", 123 },
		{ "fe80::1%4294967294", 123 },
		{ "fe80::1%4294967295", 123 },
	};
	enum { N = sizeof(list) / sizeof(list[0]) };
	struct server_addr a[N] = { 0 }, again = { 0 };
	int i, j, k;

	for (i = 0; i < N; i++) {
		CHECK(list[i].text,
		    addr_parse(&a[i], list[i].text, list[i].port));
		CHECK(list[i].text,
		    addr_parse(&again, list[i].text, list[i].port));
		CHECK("equal", addr_order(&a[i], &again) == 0);
	}
	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++) {
			CHECK(list[i].text,
			    (addr_order(&a[i], &a[j]) == 0) == (i == j));
			CHECK(list[i].text, (addr_order(&a[i], &a[j]) < 0) ==
						(addr_order(&a[j], &a[i]) > 0));
			for (k = 0; k < N; k++)
				CHECK(list[i].text,
				    addr_order(&a[i], &a[j]) >= 0 ||
					addr_order(&a[j], &a[k]) >= 0 ||
					addr_order(&a[i], &a[k]) < 0);
		}
}

int
main(void)
{
	test_durations();
	test_long_durations();
	test_wholes();
	test_texts();
	test_seconds();
	test_sums();
	test_roots();
	test_dates();
	test_every_day();
	test_addresses();
	test_scopes();
	test_order();
	UNIT_END();
}
