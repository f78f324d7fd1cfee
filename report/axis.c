/*
 * Scales: which cell a duration falls into, and where the ticks are.
 *
 * All in whole nanoseconds, and right for any of them: offsets may be decades,
 * and bounds next to nothing.
 */

#include "report/axis.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/types.h"

#define REACH_NS (INT64_MAX / 2) /* 146 years; no axis goes further */
#define LEAST_NS 100             /* and none is shorter */
#define FINE     20              /* it ends at a round part of its length */
#define APART    2               /* rows between labels, or spaces */

/* From the largest one; below the minute all is decimal. */
static const struct unit {
	int64_t ns;
	const char *prefix, *name;
} units[] = {
	{ NS_PER_YEAR, "", "years" },
	{ NS_PER_DAY, "", "days" },
	{ NS_PER_HOUR, "", "h" },
	{ NS_PER_MIN, "", "min" },
	{ NS_PER_S, "", "s" },
	{ NS_PER_MS, "", "ms" },
	{ NS_PER_US, "u", "s" },
};
#define UNITS (sizeof(units) / sizeof(units[0]))

/* ---- round numbers ---- */

/* The least one among those from unit up to half of the next; 0: none is. */
static int64_t
round_within(int64_t least_ns, int64_t unit_ns, int64_t next_ns)
{
	static const int digits[] = { 1, 2, 5 };
	int64_t ten_ns;
	size_t i;

	for (ten_ns = unit_ns;; ten_ns *= 10)
		for (i = 0; i < sizeof(digits) / sizeof(digits[0]); i++) {
			if (ten_ns > next_ns / 2 / digits[i])
				return 0;
			if (ten_ns * digits[i] >= least_ns)
				return ten_ns * digits[i];
		}
}

int64_t
axis_round(int64_t least_ns)
{
	static const int64_t wholes[] = { 1, NS_PER_MIN, NS_PER_HOUR,
		NS_PER_DAY, NS_PER_YEAR, 200 * NS_PER_YEAR };
	int64_t found_ns;
	size_t i;

	for (i = 0; i + 1 < sizeof(wholes) / sizeof(wholes[0]); i++) {
		found_ns = round_within(least_ns, wholes[i], wholes[i + 1]);
		if (found_ns != 0)
			return found_ns;
	}
	return 200 * NS_PER_YEAR;
}

/* The last multiple that is not above. */
static int64_t
floor_to(int64_t ns, int64_t multiple_ns)
{
	int64_t rest_ns = ns % multiple_ns;

	return ns - rest_ns - (rest_ns < 0 ? multiple_ns : 0);
}

/* ---- cells ---- */

static uint64_t
length(const struct axis *a)
{
	return (uint64_t)a->hi_ns - (uint64_t)a->lo_ns;
}

/*
 * n * part / whole, rounded down, for part <= whole: bit by bit of n, since the
 * product may not fit.  Above 146 years a nanosecond is lost.
 */
static int
share(unsigned n, uint64_t part, uint64_t whole)
{
	unsigned bit, result = 0;
	uint64_t rest = 0;

	if (whole >> 63 != 0) {
		whole >>= 1;
		part >>= 1;
	}
	for (bit = 1U << 15; bit != 0; bit >>= 1) {
		result *= 2;
		if ((rest *= 2) >= whole) {
			rest -= whole;
			result++;
		}
		if ((n & bit) == 0)
			continue;
		if (rest >= whole - part) {
			rest -= whole - part;
			result++;
		} else {
			rest += part;
		}
	}
	return (int)result;
}

int
axis_cell(const struct axis *a, int64_t ns)
{
	uint64_t part = (uint64_t)ns - (uint64_t)a->lo_ns;
	unsigned halves = 2 * (unsigned)(a->cells - 1);

	if (ns < a->lo_ns)
		return -1;
	if (ns > a->hi_ns)
		return a->cells;
	return (share(halves, part, length(a)) + 1) / 2;
}

int64_t
axis_at(const struct axis *a, int cell)
{
	uint64_t parts = (uint64_t)a->cells - 1, n = (uint64_t)cell;
	uint64_t each = length(a) / parts, rest = length(a) % parts;

	return (int64_t)((uint64_t)a->lo_ns + each * n + rest * n / parts);
}

/* ---- ticks ---- */

/* The unit that a person would choose, if three decimals tell the step. */
static void
choose_unit(struct axis *a)
{
	uint64_t most = num_abs(a->lo_ns - a->base_ns);
	uint64_t other = num_abs(a->hi_ns - a->base_ns);
	int64_t place_ns;
	size_t i;

	most = other > most ? other : most;
	for (i = 0; i < UNITS - 1; i++) {
		if (units[i].ns >= NS_PER_MIN && units[i].ns <= a->step_ns)
			break;
		if (units[i].ns < NS_PER_MIN && (uint64_t)units[i].ns <= most &&
		    units[i].ns / 1000 <= a->step_ns)
			break;
	}
	a->unit_ns = units[i].ns;
	a->decimals = 0;
	for (place_ns = a->unit_ns; a->step_ns % place_ns != 0; place_ns /= 10)
		a->decimals++;
}

/* The columns that the longest label takes. */
static int
label_width(const struct axis *a)
{
	char buf[AXIS_LABEL_SIZE];
	size_t hi, lo;

	lo = strlen(axis_label(buf, a, axis_first(a), "u"));
	hi = strlen(axis_label(buf, a,
	    a->base_ns + floor_to(a->hi_ns - a->base_ns, a->step_ns), "u"));
	return (int)(hi > lo ? hi : lo);
}

static bool
is_roomy(const struct axis *a)
{
	int cells;

	if ((uint64_t)a->step_ns >= length(a))
		return true;
	cells = share((unsigned)a->cells - 1, (uint64_t)a->step_ns, length(a));
	return cells >= (a->upright ? APART : label_width(a) + APART);
}

/* As close as the labels allow; but one tick there is. */
static void
choose_step(struct axis *a)
{
	int64_t next_ns = axis_round((int64_t)(length(a) / (FINE / 2)));

	do {
		a->step_ns = next_ns;
		choose_unit(a);
		next_ns = axis_round(a->step_ns + 1);
	} while (!is_roomy(a) && (uint64_t)next_ns <= length(a) / 2);
}

int64_t
axis_first(const struct axis *a)
{
	return a->base_ns - floor_to(a->base_ns - a->lo_ns, a->step_ns);
}

const char *
axis_label(char buf[AXIS_LABEL_SIZE], const struct axis *a, int64_t ns,
    const char *micro)
{
	int64_t place_ns = a->unit_ns, from_ns = ns - a->base_ns;
	uint64_t size = num_abs(from_ns), part;
	const char *sign = a->upright ? "" : from_ns < 0 ? "-" : "+";
	const struct unit *u = units;
	int i, n;

	while (u->ns != a->unit_ns)
		u++;
	for (i = 0; i < a->decimals; i++)
		place_ns /= 10;
	part = size % (uint64_t)a->unit_ns / (uint64_t)place_ns;
	n = snprintf(buf, AXIS_LABEL_SIZE, "%s%" PRIu64,
	    from_ns == 0 ? "" : sign, size / (uint64_t)a->unit_ns);
	if (from_ns == 0)
		return buf;
	if (a->decimals > 0)
		n += snprintf(buf + n, AXIS_LABEL_SIZE - (size_t)n,
		    ".%0*" PRIu64, a->decimals, part);
	n += snprintf(buf + n, AXIS_LABEL_SIZE - (size_t)n, " %s%s",
	    *u->prefix != '\0' ? micro : "", u->name);
	if (u->ns >= NS_PER_DAY && size == (uint64_t)u->ns)
		buf[n - 1] = '\0'; /* 1 day, 2 days */
	return buf;
}

/* ---- the axis ---- */

/* So that the difference of any two can be told. */
static int64_t
within_reach(int64_t ns)
{
	return ns < -REACH_NS ? -REACH_NS : num_min(ns, REACH_NS);
}

struct axis
axis_over(
    int64_t lo_ns, int64_t hi_ns, int64_t base_ns, int cells, bool upright)
{
	struct axis a = { .lo_ns = within_reach(lo_ns),
		.hi_ns = within_reach(hi_ns),
		.base_ns = within_reach(base_ns),
		.cells = cells > 2 ? cells : 2,
		.upright = upright };
	int64_t fine_ns;

	if (length(&a) < LEAST_NS) {
		a.lo_ns -= LEAST_NS / 2;
		a.hi_ns += LEAST_NS / 2;
	}
	fine_ns = axis_round((int64_t)(length(&a) / FINE));
	a.lo_ns = within_reach(floor_to(a.lo_ns - fine_ns / 2, fine_ns));
	a.hi_ns = within_reach(-floor_to(-(a.hi_ns + fine_ns / 2), fine_ns));
	if (upright && a.lo_ns < 0)
		a.lo_ns = 0;
	choose_step(&a);
	return a;
}
