/*
 * Unit tests of report/nagios: which state an offset is, to the nanosecond, and
 * that nothing but an offset is a state other than UNKNOWN.
 */

#include "base/exits.h"
#include "report/report.h"
#include "tests/unit/unit.h"

enum { OK, WARNING, CRITICAL, UNKNOWN };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S(n)     ((n)*NS_PER_S)

static const struct {
	const char *warn, *crit;
	int64_t offset_ns;
	int state;
} cases[] = {
	{ "60", "120", 0, OK },
	{ "60", "120", S(60), OK },
	{ "60", "120", S(60) + 1, WARNING },
	{ "60", "120", S(120), WARNING },
	{ "60", "120", S(120) + 1, CRITICAL },
	{ "60", "120", INT64_MAX, CRITICAL },
	/* the size counts, not the sign */
	{ "60", "120", -S(60), OK },
	{ "60", "120", -S(60) - 1, WARNING },
	{ "60", "120", -S(120), WARNING },
	{ "60", "120", -S(120) - 1, CRITICAL },
	{ "60", "120", INT64_MIN, CRITICAL },
	{ "-1:60", "~:120", -S(60), OK },
	{ "@60:120", "120:", -S(120) + 1, CRITICAL },
	/* who is both is CRITICAL, whichever is the wider */
	{ "10", "5", S(7), CRITICAL },
	{ "10", "5", S(5), OK },
	{ "0", "0", 1, CRITICAL },
	{ "0", "0", 0, OK },
	{ "@0", "10", 0, WARNING },
	{ "~:", "~:", INT64_MAX, OK },
	{ "@~:", "~:", 0, WARNING },
	{ "~:", "@~:", 0, CRITICAL },
};

static void
test_states(void)
{
	struct report_to to = { .quiet = false };
	struct outcome o = { .verdict.kind = VERDICT_AGREED };
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		CHECK(cases[i].warn, range_parse(&to.warn, cases[i].warn));
		CHECK(cases[i].crit, range_parse(&to.crit, cases[i].crit));
		o.verdict.offset_ns = cases[i].offset_ns;
		CHECK_EQ(cases[i].warn, nagios_status(EXIT_DONE, &to, &o),
		    cases[i].state);
		/* however wrong that may be */
		o.verdict.bound_ns = S(1000);
		CHECK_EQ(cases[i].crit, nagios_status(EXIT_DONE, &to, &o),
		    cases[i].state);
		o.verdict.bound_ns = 0;
	}
}

static void
test_unknown(void)
{
	static const int others[] = { EXIT_NO_ANSWER, EXIT_USAGE,
		EXIT_NO_MAJORITY, EXIT_CLOCK, EXIT_REFUSED, EXIT_INTERNAL };
	struct report_to to = { .warn = { 0, S(60), false },
		.crit = { 0, S(120), false } };
	struct outcome o = { .verdict.kind = VERDICT_AGREED };
	size_t i;

	for (i = 0; i < COUNT(others); i++) {
		CHECK_EQ(
		    "an outcome", nagios_status(others[i], &to, &o), UNKNOWN);
		CHECK_EQ(
		    "no outcome", nagios_status(others[i], &to, NULL), UNKNOWN);
	}
	CHECK_EQ("no outcome", nagios_status(EXIT_DONE, &to, NULL), UNKNOWN);
	o.verdict.kind = VERDICT_NONE;
	CHECK_EQ("nobody asked", nagios_status(EXIT_DONE, &to, &o), UNKNOWN);
	o.verdict.kind = VERDICT_NO_ANSWER;
	CHECK_EQ("no answer", nagios_status(EXIT_NO_ANSWER, &to, &o), UNKNOWN);
}

int
main(void)
{
	test_states();
	test_unknown();
	UNIT_END();
}
