/*
 * Unit tests of base/now: what two readings of all clocks tell of what became
 * of ours in between.
 */

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/now.h"
#include "base/types.h"
#include "tests/unit/unit.h"

#define US(n) ((n)*NS_PER_US)
#define MS(n) ((n)*NS_PER_MS)
#define YEAR  (31556952 * NS_PER_S)

/* So much later, by each clock. */
static const struct {
	const char *what;
	int64_t real, mono, raw, boot, apart;
	bool undisturbed;
	int64_t stepped, moved;
} rows[] = {
	{ "nothing", MS(100), MS(100), MS(100), MS(100), 0, true, 0, 0 },
	{ "a step of 20 us is none", MS(100) + US(20), MS(100), MS(100),
	    MS(100), 0, true, US(20), US(20) },
	{ "a step", MS(100) + US(20) + 1, MS(100), MS(100), MS(100), 0, false,
	    US(20) + 1, US(20) + 1 },
	{ "a step back", MS(100) - US(20) - 1, MS(100), MS(100), MS(100), 0,
	    false, -US(20) - 1, -US(20) - 1 },
	{ "a step of decades", 56 * YEAR, MS(100), MS(100), MS(100), 0, false,
	    56 * YEAR - MS(100), 56 * YEAR - MS(100) },
	{ "a step back by decades", -56 * YEAR, MS(100), MS(100), MS(100), 0,
	    false, -56 * YEAR - MS(100), -56 * YEAR - MS(100) },
	{ "held up while reading", MS(100) + US(70), MS(100), MS(100), MS(100),
	    US(50), true, US(70), US(70) },
	{ "more than that", MS(100) + US(71), MS(100), MS(100), MS(100), US(50),
	    false, US(71), US(71) },
	{ "less than can be read", MS(100) + US(50), MS(100) + US(50), MS(100),
	    MS(100) + US(50), US(50), true, 0, 0 },
	{ "a slew of the kernel", MS(100) + US(50), MS(100) + US(50), MS(100),
	    MS(100) + US(50), 0, true, 0, US(50) },
	{ "with a rate of 500 ppm", MS(100) - US(100), MS(100) - US(100),
	    MS(100), MS(100) - US(100), 0, true, 0, -US(100) },
	{ "a fast slew", MS(100) + US(121), MS(100) + US(121), MS(100),
	    MS(100) + US(121), 0, false, 0, US(121) },
	{ "a fast slew back", MS(100) - US(121), MS(100) - US(121), MS(100),
	    MS(100) - US(121), 0, false, 0, -US(121) },
	{ "a suspend", MS(100), MS(100), MS(100), MS(100) + US(21), 0, false, 0,
	    0 },
	{ "a suspend that set the clock", MS(5100), MS(100), MS(100), MS(5100),
	    0, false, MS(5000), MS(5000) },
};

static void
test_rows(void)
{
	static const struct instant then = {
		.real_ns = YEAR, .mono_ns = 5, .raw_ns = 7, .boot_ns = 11
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct instant now = { .real_ns = then.real_ns + rows[i].real,
			.mono_ns = then.mono_ns + rows[i].mono,
			.raw_ns = then.raw_ns + rows[i].raw,
			.boot_ns = then.boot_ns + rows[i].boot,
			.apart_ns = rows[i].apart };

		CHECK_EQ(rows[i].what, now_undisturbed(&then, &now, 0),
		    rows[i].undisturbed);
		CHECK_EQ(
		    rows[i].what, now_stepped_ns(&then, &now), rows[i].stepped);
		CHECK_EQ(
		    rows[i].what, now_moved_ns(&then, &now, 0), rows[i].moved);
	}
}

/* A rate that the kernel keeps for good is no slew: it makes the clock right.
 */
static void
test_rate(void)
{
	struct instant then = { 0 }, now = { .real_ns = 1000 * NS_PER_S,
		.raw_ns = 1000 * NS_PER_S };

	now.real_ns += MS(30) + US(500); /* 30 ppm, and half a ms of a slew */
	CHECK_EQ("rate", now_moved_ns(&then, &now, 30e-6), US(500));
	CHECK_EQ("no rate", now_moved_ns(&then, &now, 0), MS(30) + US(500));
	now.real_ns = 1000 * NS_PER_S - MS(500);
	CHECK_EQ("slow", now_moved_ns(&then, &now, -500e-6), 0);
}

/* Some machines need more than a slew's rate for good; that is no slew either.
 */
static void
test_large_rate(void)
{
	struct instant then = { 0 }, now = { .real_ns = 990 * NS_PER_S,
		.mono_ns = 990 * NS_PER_S,
		.raw_ns = 1000 * NS_PER_S,
		.boot_ns = 990 * NS_PER_S };

	CHECK("a rate of -1 %", now_undisturbed(&then, &now, -0.01));
	CHECK_EQ("moves nothing", now_moved_ns(&then, &now, -0.01), 0);
	CHECK("a slew of -1 %", !now_undisturbed(&then, &now, 0));
}

/* To the microsecond even after the 23 days that a slew may take. */
static void
test_long(void)
{
	struct instant then = { 0 },
		       now = { .raw_ns = INT64_C(2000000) * NS_PER_S };

	now.real_ns = now.raw_ns + now.raw_ns / 100000000 * 1234 + 1000;
	CHECK_EQ("long", now_moved_ns(&then, &now, 12.34e-6), 1000);
}

/* The clocks themselves: they run, nearly at once and undisturbed. */
static void
test_reading(void)
{
	struct instant then, now;

	now_all(&then);
	now_all(&now);
	CHECK("later", now.mono_ns >= then.mono_ns);
	CHECK("raw", now.raw_ns >= then.raw_ns);
	CHECK("boot", now.boot_ns >= then.boot_ns);
	CHECK("real", now.real_ns > 50 * YEAR);
	CHECK("apart", now.apart_ns >= 0);
}

#if __LONG_MAX__ > 0x7fffffff /* else what reads a clock has another name */

/* What each reading of a clock takes from now on; NULL: what it takes. */
static const int64_t *takes_ns;
static int64_t shown_ns;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	if (takes_ns == NULL)
		return (int)syscall(SYS_clock_gettime, id, ts);
	shown_ns += *takes_ns++;
	*ts = (struct timespec){ shown_ns / NS_PER_S, shown_ns % NS_PER_S };
	return 0;
}

/* Held up in the second and in the third try: the first is the best. */
static void
test_held_up(void)
{
	static const int64_t takes[] = { US(9), US(9), US(9), US(9), US(9),
		US(9), US(9), MS(3), US(9), US(9), US(9), US(9), US(9), MS(5),
		US(9) };
	struct instant at;

	takes_ns = takes;
	now_all(&at);
	CHECK_EQ("tries", takes_ns - takes, 15);
	takes_ns = NULL;
	CHECK_EQ("apart", at.apart_ns, US(36));
	CHECK_EQ("raw", at.raw_ns, US(18));
	CHECK_EQ("real", at.real_ns, US(36));
	CHECK_EQ("mono", at.mono_ns, US(45));
}
#else
static void
test_held_up(void)
{
}
#endif

int
main(void)
{
	test_held_up();
	test_rows();
	test_rate();
	test_large_rate();
	test_long();
	test_reading();
	UNIT_END();
}
