/*
 * Unit tests of base/range: thresholds as the Monitoring Plugins' guidelines
 * define them, and when they alert, to the nanosecond.
 */

#include <string.h>

#include "base/num.h"
#include "base/range.h"
#include "base/types.h"
#include "tests/unit/unit.h"

#define YEARS_100 (INT64_C(100) * 31556952 * NS_PER_S)
#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text;
	int64_t start_ns, end_ns;
	bool inside;
	const char *plain;  /* as it is printed */
	const char *either; /* for values with a sign; NULL: in no way */
} ranges[] = {
	/* the guidelines' own */
	{ "10", 0, 10 * NS_PER_S, false, "10", "-10:10" },
	{ "10:", 10 * NS_PER_S, INT64_MAX, false,
	    "10:", "@-9.999999999:9.999999999" },
	{ "~:10", INT64_MIN, 10 * NS_PER_S, false, "~:10", "-10:10" },
	{ "10:20", 10 * NS_PER_S, 20 * NS_PER_S, false, "10:20", NULL },
	{ "@10:20", 10 * NS_PER_S, 20 * NS_PER_S, true, "@10:20", NULL },
	/* durations */
	{ "500ms", 0, 500 * NS_PER_MS, false, "0.5", "-0.5:0.5" },
	{ "1ns", 0, 1, false, "0.000000001", "-0.000000001:0.000000001" },
	{ "0.5us:1.25m", 500, 75 * NS_PER_S, false, "0.0000005:75", NULL },
	{ "@1m", 0, 60 * NS_PER_S, true, "@60", "@-60:60" },
	{ "@2h:", 7200 * NS_PER_S, INT64_MAX, true,
	    "@7200:", "-7199.999999999:7199.999999999" },
	{ "1ns:", 1, INT64_MAX, false, "0.000000001:", "@0" },
	/* nothing, all, and one point */
	{ "0", 0, 0, false, "0", "0" },
	{ "-0:0", 0, 0, false, "0", "0" },
	{ "0:", 0, INT64_MAX, false, "0:", "~:" },
	{ "~:", INT64_MIN, INT64_MAX, false, "~:", "~:" },
	{ "@~:", INT64_MIN, INT64_MAX, true, "@~:", "@~:" },
	{ "5:5", 5 * NS_PER_S, 5 * NS_PER_S, false, "5:5", NULL },
	/* below zero */
	{ "-10:10", -10 * NS_PER_S, 10 * NS_PER_S, false, "-10:10", "-10:10" },
	{ "-20ms:-10ms", -20 * NS_PER_MS, -10 * NS_PER_MS, false, "-0.02:-0.01",
	    "@~:" },
	{ "@-20:-10", -20 * NS_PER_S, -10 * NS_PER_S, true, "@-20:-10", "~:" },
	{ "~:-1", INT64_MIN, -NS_PER_S, false, "~:-1", "@~:" },
	{ "-1:", -NS_PER_S, INT64_MAX, false, "-1:", "~:" },
	/* the largest durations */
	{ "-3155695200:3155695200", -YEARS_100, YEARS_100, false,
	    "-3155695200:3155695200", "-3155695200:3155695200" },
	{ "@-3155695199.999999999:3155695199.999999999", 1 - YEARS_100,
	    YEARS_100 - 1, true, "@-3155695199.999999999:3155695199.999999999",
	    "@-3155695199.999999999:3155695199.999999999" },
};

static const char *const not_ranges[] = { "", "@", ":", "@:", "~", "@~", ":10",
	"@:10", "~10", "~~:10", "10:~", "~:~", "@@10", "10@", "10:@20", "-",
	"--1", "-:", "-:5", "5:-", "+5", "+5:6", "-10", "20:10", "2s:1999ms",
	"@20:10", "0:-1ns", "10:20:30", "10::", "::", "10 ", " 10", "10: 20",
	"10 :20", "@ 10", "- 10:0", "10,20", "1e3", "nan", "inf", "~:inf",
	"0x10", "10%", "10;20", "10|20", "5 s", "5S:6", "5:6x", "3155695201",
	"~:3155695201", "-3155695201:0", "9223372036854775807ns:", "10\n",
	"-F" };

static void
test_reading(void)
{
	char text[RANGE_TEXT_SIZE];
	struct range r;
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		const char *what = ranges[i].text;

		CHECK(what, range_parse(&r, what));
		CHECK_EQ(what, r.start_ns, ranges[i].start_ns);
		CHECK_EQ(what, r.end_ns, ranges[i].end_ns);
		CHECK_EQ(what, r.inside, ranges[i].inside);
		CHECK(what, strcmp(range_text(text, &r), ranges[i].plain) == 0);
	}
	for (i = 0; i < COUNT(not_ranges); i++) {
		r = (struct range){ -77, -78, true };
		CHECK(not_ranges[i], !range_parse(&r, not_ranges[i]));
		CHECK(not_ranges[i],
		    r.start_ns == -77 && r.end_ns == -78 && r.inside);
	}
}

/* However long it is, it is a range or none, and all of it is looked at. */
static void
test_long_ones(void)
{
	static char text[5001];
	struct range r;
	size_t n;

	for (n = 1; n < sizeof(text); n++) {
		memset(text, '0', n);
		text[n] = '\0';
		CHECK(text, range_parse(&r, text) == (n < 64));
		text[n - 1] = 'x';
		CHECK(text, !range_parse(&r, text));
	}
}

/* Both ends are included. */
static void
test_alerts(void)
{
	static const struct {
		const char *text;
		int64_t ns;
		bool alerts;
	} cases[] = {
		{ "10", -1, true },
		{ "10", 0, false },
		{ "10", 10 * NS_PER_S, false },
		{ "10", 10 * NS_PER_S + 1, true },
		{ "10", INT64_MAX, true },
		{ "10:", 10 * NS_PER_S - 1, true },
		{ "10:", 10 * NS_PER_S, false },
		{ "10:", INT64_MAX, false },
		{ "~:10", INT64_MIN, false },
		{ "~:10", 10 * NS_PER_S, false },
		{ "~:10", 10 * NS_PER_S + 1, true },
		{ "10:20", 10 * NS_PER_S - 1, true },
		{ "10:20", 10 * NS_PER_S, false },
		{ "10:20", 20 * NS_PER_S, false },
		{ "10:20", 20 * NS_PER_S + 1, true },
		{ "@10:20", 10 * NS_PER_S - 1, false },
		{ "@10:20", 10 * NS_PER_S, true },
		{ "@10:20", 20 * NS_PER_S, true },
		{ "@10:20", 20 * NS_PER_S + 1, false },
		{ "~:", INT64_MIN, false },
		{ "~:", INT64_MAX, false },
		{ "@~:", INT64_MIN, true },
		{ "@~:", INT64_MAX, true },
		{ "0", 0, false },
		{ "0", 1, true },
	};
	struct range r;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		CHECK(cases[i].text, range_parse(&r, cases[i].text));
		CHECK_EQ(cases[i].text, range_alerts(&r, cases[i].ns),
		    cases[i].alerts);
	}
}

/* At every end, and beside it, both say the same. */
static void
test_same(const char *what, const struct range *r, const struct range *both)
{
	const int64_t ends[] = { 0, r->start_ns, r->end_ns, both->start_ns,
		both->end_ns };
	int64_t ns, size;
	size_t i;
	int beside;

	for (i = 0; i < COUNT(ends); i++)
		for (beside = -2; beside <= 2; beside++) {
			ns = num_add(ends[i], beside);
			size =
			    ns == INT64_MIN ? INT64_MAX : (int64_t)num_abs(ns);
			CHECK_EQ(what, range_alerts(both, ns),
			    range_alerts(r, size));
			CHECK_EQ(what, range_alerts(both, num_sub(0, ns)),
			    range_alerts(r, size));
		}
}

static void
test_signed(void)
{
	char text[RANGE_TEXT_SIZE];
	struct range r, both;
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		const char *what = ranges[i].text;

		CHECK(what, range_parse(&r, what));
		both = (struct range){ -77, -78, true };
		CHECK_EQ(
		    what, range_of_signed(&both, &r), ranges[i].either != NULL);
		if (ranges[i].either == NULL) {
			CHECK_EQ(what, both.start_ns, -77);
			continue;
		}
		CHECK(what,
		    strcmp(range_text(text, &both), ranges[i].either) == 0);
		test_same(what, &r, &both);
	}
}

int
main(void)
{
	test_reading();
	test_long_ones();
	test_alerts();
	test_signed();
	UNIT_END();
}
