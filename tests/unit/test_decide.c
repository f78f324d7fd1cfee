/*
 * Unit tests of clock/decide: every branch between a verdict and the clock.
 *
 * Moments are told as distances from the build date, which is the floor.
 */

#include <stdbool.h>
#include <string.h>

#include "base/date.h"
#include "base/types.h"
#include "clock/decide.h"
#include "ntp_proto.h"
#include "tests/unit/unit.h"

#define YEAR    (31556952 * NS_PER_S) /* 365.2425 days */
#define DAY     (86400 * NS_PER_S)
#define HORIZON (30 * YEAR)
#define HALF    (500 * NS_PER_MS) /* --step-over as it is when not given */
#define QUERY   false, false, false
#define SLEW    true, false, false
#define STEP    false, true, false
#define SET     true, true, false
#define FORCED  true, true, true
#define NO_LIMIT                                                               \
	.step_over_ns = HALF, .limit_ns = INT64_MAX, .limit_back_ns = INT64_MAX

/* What the action says when the garbage that was there is gone. */
static struct clock_action
decided(const struct verdict *v, const struct policy *policy, int64_t real_ns)
{
	struct situation now = { .real_ns = real_ns };
	struct clock_action a;

	memset(&a, '?', sizeof(a));
	clock_decide(&a, v, policy, &now);
	CHECK("why ends", memchr(a.why, '\0', sizeof(a.why)) != NULL);
	CHECK("why is not cut off", strlen(a.why) < sizeof(a.why) - 1);
	CHECK("why is there when nothing is done",
	    (a.kind == CLOCK_STEP || a.kind == CLOCK_SLEW) ==
		(a.why[0] == '\0'));
	return a;
}

/* A clock that is right to within days, a year after the build. */
static const struct {
	const char *what;
	bool may_slew, may_step, force;
	int64_t step_over, offset;
	enum action_kind want;
	const char *why; /* part of it; NULL: nothing */
} corrections[] = {
	{ "step", STEP, HALF, 1254 * NS_PER_US, CLOCK_STEP, NULL },
	{ "step back", STEP, HALF, -1254 * NS_PER_US, CLOCK_STEP, NULL },
	{ "step by 1 ns", STEP, HALF, 1, CLOCK_STEP, NULL },
	{ "step back by 1 ns", STEP, HALF, -1, CLOCK_STEP, NULL },
	{ "step by nothing", STEP, HALF, 0, CLOCK_LEAVE, "is right" },
	{ "step by 100 days", STEP, HALF, 100 * DAY, CLOCK_STEP, NULL },
	{ "step back by 100 days", STEP, HALF, -100 * DAY, CLOCK_STEP, NULL },
	{ "step minds no threshold", STEP, DAY, 1, CLOCK_STEP, NULL },
	{ "slew", SLEW, HALF, 1254 * NS_PER_US, CLOCK_SLEW, NULL },
	{ "slew back", SLEW, HALF, -1254 * NS_PER_US, CLOCK_SLEW, NULL },
	{ "slew by nothing", SLEW, HALF, 0, CLOCK_LEAVE, "less than 1 us" },
	{ "slew by 1 ns", SLEW, HALF, 1, CLOCK_LEAVE, "less than 1 us" },
	{ "slew by 999 ns", SLEW, HALF, 999, CLOCK_LEAVE, "less than 1 us" },
	{ "slew by -999 ns", SLEW, HALF, -999, CLOCK_LEAVE, "less than 1 us" },
	{ "slew by 1 us", SLEW, HALF, 1000, CLOCK_SLEW, NULL },
	{ "slew by -1 us", SLEW, HALF, -1000, CLOCK_SLEW, NULL },
	{ "slew minds no threshold", SLEW, 0, 400 * NS_PER_S, CLOCK_SLEW,
	    NULL },
	{ "slew by 1000 s", SLEW, HALF, 1000 * NS_PER_S, CLOCK_SLEW, NULL },
	{ "slew by -1000 s", SLEW, HALF, -1000 * NS_PER_S, CLOCK_SLEW, NULL },
	{ "slew by over 1000 s", SLEW, HALF, 1000 * NS_PER_S + 1, CLOCK_REFUSE,
	    "16.7 min is too much to slew (1000 s is the most)" },
	{ "slew by below -1000 s", SLEW, HALF, -1000 * NS_PER_S - 1,
	    CLOCK_REFUSE, "16.7 min is too much to slew (1000 s is the most)" },
	{ "slew by days", SLEW, HALF, 100 * DAY, CLOCK_REFUSE,
	    "100 days is too much to slew" },
	{ "slew by days says how", SLEW, HALF, -3 * DAY, CLOCK_REFUSE, "-S" },
	{ "set, below", SET, HALF, HALF - 1, CLOCK_SLEW, NULL },
	{ "set, at", SET, HALF, HALF, CLOCK_STEP, NULL },
	{ "set, above", SET, HALF, HALF + 1, CLOCK_STEP, NULL },
	{ "set back, below", SET, HALF, -HALF + 1, CLOCK_SLEW, NULL },
	{ "set back, at", SET, HALF, -HALF, CLOCK_STEP, NULL },
	{ "set back, above", SET, HALF, -HALF - 1, CLOCK_STEP, NULL },
	{ "set by nothing", SET, HALF, 0, CLOCK_LEAVE, "nothing to do" },
	{ "set by 999 ns", SET, HALF, 999, CLOCK_LEAVE, "less than 1 us" },
	{ "set by -1 us", SET, HALF, -1000, CLOCK_SLEW, NULL },
	{ "set, threshold 0", SET, 0, 1, CLOCK_STEP, NULL },
	{ "set by nothing, threshold 0", SET, 0, 0, CLOCK_LEAVE,
	    "nothing to do" },
	{ "set, threshold 1 ns", SET, 1, 0, CLOCK_LEAVE, "nothing to do" },
	{ "set, threshold of an hour", SET, 3600 * NS_PER_S, 1000 * NS_PER_S,
	    CLOCK_SLEW, NULL },
	{ "set, more than a slew can", SET, 3600 * NS_PER_S, 1001 * NS_PER_S,
	    CLOCK_REFUSE, "16.7 min" },
	{ "set, at that threshold", SET, 3600 * NS_PER_S, 3600 * NS_PER_S,
	    CLOCK_STEP, NULL },
	{ "set, threshold of 100 years", SET, 100 * YEAR, 100 * DAY,
	    CLOCK_REFUSE, "100 days" },
	{ "query", QUERY, HALF, 1254 * NS_PER_US, CLOCK_LEAVE, NULL },
	{ "query, days", QUERY, HALF, -100 * DAY, CLOCK_LEAVE, NULL },
	{ "forced is not more", false, false, true, HALF, 1, CLOCK_LEAVE,
	    NULL },
	{ "forced slew of too much", true, false, true, HALF, DAY, CLOCK_REFUSE,
	    "too much to slew" },
};

static void
test_corrections(void)
{
	int64_t real_ns = ntp_build_ns() + YEAR;
	struct situation now = { .real_ns = real_ns };
	struct clock_action a;
	const char *what;
	size_t i;

	for (i = 0; i < sizeof(corrections) / sizeof(corrections[0]); i++) {
		struct verdict v = { .kind = VERDICT_AGREED,
			.offset_ns = corrections[i].offset };
		struct policy policy = { .may_slew = corrections[i].may_slew,
			.may_step = corrections[i].may_step,
			.force = corrections[i].force,
			NO_LIMIT };

		policy.step_over_ns = corrections[i].step_over;
		what = corrections[i].what;
		clock_decide(&a, &v, &policy, &now);
		CHECK_EQ(what, a.kind, corrections[i].want);
		if (policy.may_slew || policy.may_step) {
			a = decided(&v, &policy, real_ns);
			CHECK_EQ(what, a.offset_ns, v.offset_ns);
		}
		if (corrections[i].why == NULL)
			CHECK(what, a.why[0] == '\0');
		else
			CHECK(a.why, strstr(a.why, corrections[i].why) != NULL);
		policy.dry_run = true;
		clock_decide(&a, &v, &policy, &now);
		CHECK_EQ(
		    "a dry run decides the same", a.kind, corrections[i].want);
	}
}

/* The local clock and the truth, both from the build on. */
static const struct {
	const char *what;
	int64_t real, truth;
	enum action_kind want, forced;
	const char *why;
} bounds[] = {
	{ "at the build", DAY, 0, CLOCK_STEP, CLOCK_STEP, NULL },
	{ "just before the build", DAY, -1, CLOCK_REFUSE, CLOCK_REFUSE,
	    "before this program was built" },
	{ "a year before", DAY, -YEAR, CLOCK_REFUSE, CLOCK_REFUSE,
	    "before this program was built" },
	{ "30 years before, and local too", -30 * YEAR, -30 * YEAR + 1,
	    CLOCK_REFUSE, CLOCK_REFUSE, "before this program was built" },
	{ "right, but before", -DAY, -DAY, CLOCK_REFUSE, CLOCK_REFUSE,
	    "before this program was built" },
	{ "forward over the build", -50 * YEAR, DAY, CLOCK_STEP, CLOCK_STEP,
	    NULL },
	{ "from 1970 or so", -56 * YEAR, YEAR, CLOCK_STEP, CLOCK_STEP, NULL },
	{ "back from far ahead", 100 * YEAR, DAY, CLOCK_STEP, CLOCK_STEP,
	    NULL },
	{ "at the horizon", DAY, HORIZON, CLOCK_STEP, CLOCK_STEP, NULL },
	{ "just past the horizon", DAY, HORIZON + 1, CLOCK_REFUSE, CLOCK_STEP,
	    "over 30 years after" },
	{ "past it already", HORIZON + DAY, HORIZON + DAY + NS_PER_S,
	    CLOCK_REFUSE, CLOCK_STEP, "over 30 years after" },
	{ "right, but past it", HORIZON + DAY, HORIZON + DAY, CLOCK_REFUSE,
	    CLOCK_LEAVE, "over 30 years after" },
	{ "back to the horizon", HORIZON + DAY, HORIZON, CLOCK_STEP, CLOCK_STEP,
	    NULL },
	{ "far past it", DAY, 150 * YEAR, CLOCK_REFUSE, CLOCK_STEP, "--force" },
};

static void
test_bounds(void)
{
	struct policy policy = { .may_step = true, NO_LIMIT };
	struct clock_action a;
	size_t i;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		struct verdict v = { .kind = VERDICT_AGREED,
			.offset_ns = bounds[i].truth - bounds[i].real };

		policy.force = false;
		a = decided(&v, &policy, ntp_build_ns() + bounds[i].real);
		CHECK_EQ(bounds[i].what, a.kind, bounds[i].want);
		CHECK_EQ(bounds[i].what, a.offset_ns, v.offset_ns);
		if (bounds[i].why != NULL)
			CHECK(a.why, strstr(a.why, bounds[i].why) != NULL);
		policy.force = true;
		a = decided(&v, &policy, ntp_build_ns() + bounds[i].real);
		CHECK_EQ(bounds[i].what, a.kind, bounds[i].forced);
	}
}

/* A slew is bounded as a step is. */
static void
test_bounds_of_a_slew(void)
{
	struct policy policy = { .may_slew = true, NO_LIMIT };
	struct verdict v = { .kind = VERDICT_AGREED, .offset_ns = -NS_PER_S };

	CHECK_EQ("at the build",
	    decided(&v, &policy, ntp_build_ns() + NS_PER_S).kind, CLOCK_SLEW);
	CHECK_EQ("before the build",
	    decided(&v, &policy, ntp_build_ns() + NS_PER_S - 1).kind,
	    CLOCK_REFUSE);
	v.offset_ns = NS_PER_S;
	CHECK_EQ("past the horizon",
	    decided(&v, &policy, ntp_build_ns() + HORIZON).kind, CLOCK_REFUSE);
	policy.force = true;
	CHECK_EQ("past the horizon, forced",
	    decided(&v, &policy, ntp_build_ns() + HORIZON).kind, CLOCK_SLEW);
	v.offset_ns = -NS_PER_S;
	CHECK_EQ("before the build, forced",
	    decided(&v, &policy, ntp_build_ns()).kind, CLOCK_REFUSE);
}

/* Both dates are in the sentence. */
static void
test_dates(void)
{
	struct policy policy = { .may_step = true, NO_LIMIT };
	struct verdict v = { .kind = VERDICT_AGREED, .offset_ns = -YEAR };
	char is[DATE_TEXT_SIZE], built[DATE_TEXT_SIZE];
	struct clock_action a;

	date_text(built, ntp_build_ns());
	date_text(is, ntp_build_ns() - YEAR + DAY);
	a = decided(&v, &policy, ntp_build_ns() + DAY);
	CHECK(a.why, strstr(a.why, built) != NULL);
	CHECK(a.why, strstr(a.why, is) == a.why);
	v.offset_ns = HORIZON;
	date_text(is, ntp_build_ns() + HORIZON + DAY);
	a = decided(&v, &policy, ntp_build_ns() + DAY);
	CHECK(a.why, strstr(a.why, built) != NULL);
	CHECK(a.why, strstr(a.why, is) == a.why);
}

/* Nobody to believe, whatever the offset says. */
static void
test_no_verdict(void)
{
	static const enum verdict_kind kinds[] = { VERDICT_NO_ANSWER,
		VERDICT_NO_MAJORITY };
	static const struct policy policies[] = {
		{ NO_LIMIT },
		{ .may_step = true, NO_LIMIT },
		{ .may_slew = true, NO_LIMIT },
		{ .may_step = true, .may_slew = true, .force = true, NO_LIMIT },
	};
	struct situation now = { .real_ns = ntp_build_ns() };
	struct clock_action a;
	size_t i, j;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (j = 0; j < sizeof(policies) / sizeof(policies[0]); j++) {
			struct verdict v = { .kind = kinds[i],
				.offset_ns = 42 * NS_PER_S };

			memset(&a, '?', sizeof(a));
			clock_decide(&a, &v, &policies[j], &now);
			CHECK_EQ("no verdict", a.kind, CLOCK_LEAVE);
			CHECK_EQ("no offset", a.offset_ns, 0);
			CHECK("no words", a.why[0] == '\0');
		}
}

/* The ends of int64_t: an answer, and no overflow on the way to it. */
static void
test_extremes(void)
{
	static const int64_t ends[] = { INT64_MIN, INT64_MIN + 1, -200 * YEAR,
		-1, 0, 1, 200 * YEAR, INT64_MAX - 1, INT64_MAX };
	enum { N = sizeof(ends) / sizeof(ends[0]) };
	struct policy policy = { .force = true, NO_LIMIT };
	struct clock_action a;
	int i, j, k;

	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++)
			for (k = 1; k < 4; k++) {
				struct verdict v = { .kind = VERDICT_AGREED,
					.offset_ns = ends[i] };

				policy.may_step = k & 1;
				policy.may_slew = k & 2;
				a = decided(&v, &policy, ends[j]);
				CHECK_EQ("offset", a.offset_ns, ends[i]);
				CHECK("no slew that long",
				    a.kind != CLOCK_SLEW || ends[i] == 0);
			}
}

static void
test_long_slews(void)
{
	struct policy policy = { .may_slew = true, .force = true, NO_LIMIT };
	struct verdict v = { .kind = VERDICT_AGREED, .offset_ns = INT64_MAX };
	struct clock_action a = decided(&v, &policy, ntp_build_ns());

	CHECK_EQ("292 years", a.kind, CLOCK_REFUSE);
	CHECK(a.why, strstr(a.why, "292 years is too much to slew") == a.why);
	v.offset_ns = INT64_MIN + 1;
	a = decided(&v, &policy, INT64_MAX);
	CHECK_EQ("back by 292 years", a.kind, CLOCK_REFUSE);
}

/* ---- limits ---- */

static const struct {
	const char *what;
	bool may_slew, may_step;
	int64_t limit, limit_back, offset;
	enum action_kind want;
	const char *why;
} limits[] = {
	{ "at the limit", false, true, NS_PER_S, INT64_MAX, NS_PER_S,
	    CLOCK_STEP, NULL },
	{ "beyond it", false, true, NS_PER_S, INT64_MAX, NS_PER_S + 1,
	    CLOCK_REFUSE,
	    "a correction of 1.00 s is more than --limit 1.00 s" },
	{ "at the limit, back", false, true, NS_PER_S, INT64_MAX, -NS_PER_S,
	    CLOCK_STEP, NULL },
	{ "beyond it, back", false, true, NS_PER_S, INT64_MAX, -NS_PER_S - 1,
	    CLOCK_REFUSE, "--limit 1.00 s" },
	{ "a slew beyond it", true, false, NS_PER_S, INT64_MAX, -2 * NS_PER_S,
	    CLOCK_REFUSE, "--limit" },
	{ "set beyond it", true, true, NS_PER_S, INT64_MAX, 2 * NS_PER_S,
	    CLOCK_REFUSE, "--limit" },
	{ "back, at its limit", false, true, INT64_MAX, NS_PER_S, -NS_PER_S,
	    CLOCK_STEP, NULL },
	{ "back, beyond it", false, true, INT64_MAX, NS_PER_S, -NS_PER_S - 1,
	    CLOCK_REFUSE,
	    "a step back by 1.00 s is more than --limit-back 1.00 s" },
	{ "forward minds no limit back", false, true, INT64_MAX, 0, DAY,
	    CLOCK_STEP, NULL },
	{ "never back", false, true, INT64_MAX, 0, -NS_PER_S, CLOCK_REFUSE,
	    "a step back by 1.00 s is more than --limit-back 0 allows" },
	{ "a slew back is no step", true, false, INT64_MAX, 0, -NS_PER_S,
	    CLOCK_SLEW, NULL },
	{ "set slews back instead", true, true, INT64_MAX, 0, -NS_PER_S,
	    CLOCK_SLEW, NULL },
	{ "set slews back 1000 s", true, true, INT64_MAX, NS_PER_S,
	    -1000 * NS_PER_S, CLOCK_SLEW, NULL },
	{ "set cannot slew more", true, true, INT64_MAX, NS_PER_S,
	    -1000 * NS_PER_S - 1, CLOCK_REFUSE,
	    "allows, and too much to slew (1000 s is the most)" },
	{ "set steps back within it", true, true, INT64_MAX, NS_PER_S,
	    -NS_PER_S, CLOCK_STEP, NULL },
	{ "both limits, the smaller one says no", true, true, HALF, 0,
	    -NS_PER_S, CLOCK_REFUSE, "--limit 500 ms" },
};

static void
test_limits(void)
{
	struct clock_action a;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct verdict v = { .kind = VERDICT_AGREED,
			.offset_ns = limits[i].offset };
		struct policy policy = { .may_slew = limits[i].may_slew,
			.may_step = limits[i].may_step,
			.force = true,
			.step_over_ns = HALF,
			.limit_ns = limits[i].limit,
			.limit_back_ns = limits[i].limit_back };

		a = decided(&v, &policy, ntp_build_ns() + YEAR);
		CHECK_EQ(limits[i].what, a.kind, limits[i].want);
		if (limits[i].why != NULL)
			CHECK(a.why, strstr(a.why, limits[i].why) != NULL);
	}
}

/* ---- who else, and what else ---- */

static void
test_rival(void)
{
	struct policy policy = { .may_step = true, NO_LIMIT };
	struct verdict v = { .kind = VERDICT_AGREED, .offset_ns = NS_PER_S };
	struct situation now = { .real_ns = ntp_build_ns() + YEAR,
		.rival = { 4711, "chronyd", "stop it first" } };
	struct clock_action a;

	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("a rival", a.kind, CLOCK_REFUSE);
	CHECK("nothing is vouched for", !a.vouch);
	CHECK(a.why,
	    strcmp(a.why, "chronyd (pid 4711) takes care of this clock: stop "
			  "it first, or use --force") == 0);
	v.offset_ns = 0;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("nothing to do, and a rival", a.kind, CLOCK_REFUSE);
	policy.force = true;
	v.offset_ns = NS_PER_S;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("forced", a.kind, CLOCK_STEP);
	policy.force = policy.may_step = false;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("measuring", a.kind, CLOCK_LEAVE);
	policy.may_step = true;
	v.kind = VERDICT_NO_MAJORITY;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("no majority", a.kind, CLOCK_LEAVE);
}

static void
test_disturbed(void)
{
	struct policy policy = { .may_step = true, .force = true, NO_LIMIT };
	struct verdict v = { .kind = VERDICT_NO_ANSWER };
	struct situation now = { .real_ns = ntp_build_ns() + YEAR,
		.disturbed = true };
	struct clock_action a;

	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("no time to measure again", a.kind, CLOCK_REFUSE);
	CHECK(a.why, strstr(a.why, "somebody else set the clock") == a.why);
	v.kind = VERDICT_NO_MAJORITY;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("too few were measured again", a.kind, CLOCK_REFUSE);
	v.kind = VERDICT_AGREED;
	v.offset_ns = NS_PER_S;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("measured again", a.kind, CLOCK_STEP);
	policy.may_step = false;
	v.kind = VERDICT_NO_ANSWER;
	clock_decide(&a, &v, &policy, &now);
	CHECK_EQ("measuring only", a.kind, CLOCK_LEAVE);
}

/* What is claimed afterwards: nothing that does not hold yet. */
static void
test_vouching(void)
{
	static const struct {
		const char *what;
		bool may_slew, may_step;
		int64_t offset;
		bool want;
	} rows[] = {
		{ "step", false, true, DAY, true },
		{ "nothing to step", false, true, 0, true },
		{ "nothing to slew", true, false, 999, true },
		{ "slew", true, false, HALF - 1, true },
		{ "slew back", true, false, -HALF + 1, true },
		{ "slew of what would be stepped", true, false, HALF, false },
		{ "the same back", true, false, -HALF, false },
		{ "too much to slew", true, false, DAY, false },
		{ "set, slew", true, true, HALF - 1, true },
		{ "set, step", true, true, HALF, true },
		{ "query", false, false, 1, false },
	};
	struct clock_action a;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct verdict v = { .kind = VERDICT_AGREED,
			.offset_ns = rows[i].offset,
			.bound_ns = 7,
			.widened_ns = 1000,
			.jitter_ns = 5 };
		struct policy policy = { .may_slew = rows[i].may_slew,
			.may_step = rows[i].may_step,
			NO_LIMIT };
		struct situation now = { .real_ns = ntp_build_ns() + YEAR };

		clock_decide(&a, &v, &policy, &now);
		CHECK_EQ(rows[i].what, a.vouch, rows[i].want);
		if (!policy.may_slew && !policy.may_step)
			continue;
		CHECK_EQ(
		    "what was widened is not known better", a.bound_ns, 1007);
		CHECK_EQ("jitter", a.jitter_ns, 5);
	}
}

/* From the next full second on, 500 us in each. */
static void
test_durations(void)
{
	static const struct {
		int64_t into_ns, offset_ns, takes_ns;
	} rows[] = {
		{ 0, 1000, 2 * NS_PER_S },
		{ 250 * NS_PER_MS, 500 * NS_PER_US, 1750 * NS_PER_MS },
		{ 250 * NS_PER_MS, -500 * NS_PER_US, 1750 * NS_PER_MS },
		{ 250 * NS_PER_MS, 500499, 1750 * NS_PER_MS },
		{ 250 * NS_PER_MS, 500500, 2750 * NS_PER_MS },
		{ 999999999, 5 * NS_PER_MS, 10 * NS_PER_S + 1 },
		{ 0, 250 * NS_PER_MS, 501 * NS_PER_S },
	};
	struct policy policy = { .may_slew = true, NO_LIMIT };
	struct verdict v = { .kind = VERDICT_AGREED };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v.offset_ns = rows[i].offset_ns;
		CHECK_EQ("a slew takes",
		    decided(
			&v, &policy, ntp_build_ns() + YEAR + rows[i].into_ns)
			.takes_ns,
		    rows[i].takes_ns);
	}
}

/* The build date is what the Makefile wrote beside this program. */
static void
test_build_date(const char *program)
{
	char path[4096];
	const char *slash = strrchr(program, '/');
	int dir = slash == NULL ? 1 : (int)(slash - program);
	long long built_s;
	FILE *f;

	CHECK_EQ("whole seconds", ntp_build_ns() % NS_PER_S, 0);
	CHECK("not before 1970", ntp_build_ns() >= 0);
	snprintf(path, sizeof(path), "%.*s/.date", dir,
	    slash == NULL ? "." : program);
	if ((f = fopen(path, "r")) == NULL)
		return;
	CHECK("a number", fscanf(f, "%lld", &built_s) == 1);
	CHECK_EQ(path, ntp_build_ns(), built_s * NS_PER_S);
	fclose(f);
}

int
main(int argc, char *argv[])
{
	test_corrections();
	test_bounds();
	test_bounds_of_a_slew();
	test_dates();
	test_no_verdict();
	test_extremes();
	test_long_slews();
	test_limits();
	test_rival();
	test_disturbed();
	test_vouching();
	test_durations();
	test_build_date(argc > 0 ? argv[0] : ".");
	UNIT_END();
}
