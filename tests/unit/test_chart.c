/*
 * Unit tests of the chart: round numbers, scales at the edge of what an integer
 * holds, and pictures of outcomes made by hand.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/addr.h"
#include "base/types.h"
#include "report/axis.h"
#include "report/report.h"
#include "tests/unit/unit.h"

#define MIN        (60 * NS_PER_S)
#define HOUR       (60 * MIN)
#define DAY        (24 * HOUR)
#define YEAR       (31556952 * NS_PER_S)
#define US(n)      ((n)*NS_PER_US)
#define MS(n)      ((n)*NS_PER_MS)
#define S(n)       ((n)*NS_PER_S)
#define COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- round numbers ---- */

static const struct {
	int64_t least_ns, round_ns;
} rounds[] = {
	{ INT64_MIN, 1 },
	{ 0, 1 },
	{ 1, 1 },
	{ 2, 2 },
	{ 3, 5 },
	{ 6, 10 },
	{ 11, 20 },
	{ MS(50), MS(50) },
	{ MS(50) + 1, MS(100) },
	{ S(10) + 1, S(20) },
	{ S(20) + 1, MIN },
	{ MIN + 1, 2 * MIN },
	{ 10 * MIN + 1, 20 * MIN },
	{ 20 * MIN + 1, HOUR },
	{ 10 * HOUR + 1, DAY },
	{ 50 * DAY + 1, 100 * DAY },
	{ 100 * DAY + 1, YEAR },
	{ 50 * YEAR + 1, 100 * YEAR },
	{ 100 * YEAR + 1, 200 * YEAR },
	{ INT64_MAX, 200 * YEAR },
};

static void
test_rounds(void)
{
	size_t i;

	for (i = 0; i < COUNTOF(rounds); i++)
		CHECK_EQ("round", axis_round(rounds[i].least_ns),
		    rounds[i].round_ns);
}

/* ---- cells ---- */

/* 201 cells of ten each: the middle of every one, and where the next begins. */
static void
test_cells(void)
{
	struct axis a = { .lo_ns = -1000, .hi_ns = 1000, .cells = 201 };
	int i;

	for (i = 0; i < 201; i++) {
		CHECK_EQ("middle", axis_cell(&a, -1000 + i * 10), i);
		CHECK_EQ("back", axis_at(&a, i), -1000 + i * 10);
		if (i < 200) {
			CHECK_EQ("below", axis_cell(&a, -1000 + i * 10 + 4), i);
			CHECK_EQ(
			    "half", axis_cell(&a, -1000 + i * 10 + 5), i + 1);
		}
	}
	CHECK_EQ("before", axis_cell(&a, -1001), -1);
	CHECK_EQ("behind", axis_cell(&a, 1001), 201);
	CHECK_EQ("far before", axis_cell(&a, INT64_MIN), -1);
	CHECK_EQ("far behind", axis_cell(&a, INT64_MAX), 201);
}

/* The whole of what an integer holds. */
static void
test_widest(void)
{
	struct axis a = { INT64_MIN, INT64_MAX, 0, 999, false, 1, 1, 0 };

	CHECK_EQ("lo", axis_cell(&a, INT64_MIN), 0);
	CHECK_EQ("hi", axis_cell(&a, INT64_MAX), 998);
	CHECK_EQ("middle", axis_cell(&a, 0), 499);
	CHECK_EQ("quarter", axis_cell(&a, INT64_MIN / 2 - YEAR), 248);
	CHECK_EQ("first", axis_at(&a, 0), INT64_MIN);
	CHECK_EQ("last", axis_at(&a, 998), INT64_MAX);
}

/* ---- axes ---- */

static const int64_t edges[] = { INT64_MIN, INT64_MIN + 1, -150 * YEAR, -YEAR,
	-DAY, S(-7), MS(-1), -1, 0, 1, US(1), MS(1), MS(250), S(1), HOUR,
	68 * YEAR, 100 * YEAR, 150 * YEAR, INT64_MAX - 1, INT64_MAX };
static const int widths[] = { 2, 3, 8, 23, 60, 199, 988 };

/* An axis goes 146 years at the most. */
static int64_t
reached(int64_t ns)
{
	if (ns < -(INT64_MAX / 2))
		return -(INT64_MAX / 2);
	return ns > INT64_MAX / 2 ? INT64_MAX / 2 : ns;
}

static void
check_ticks(const struct axis *a)
{
	char label[AXIS_LABEL_SIZE], last[AXIS_LABEL_SIZE] = "";
	int64_t ns, n = 0;

	for (ns = axis_first(a); ns <= a->hi_ns; ns += a->step_ns, n++) {
		CHECK("tick", ns >= a->lo_ns && axis_cell(a, ns) >= 0);
		axis_label(label, a, ns, "u");
		CHECK("another label", strcmp(label, last) != 0);
		CHECK("its sign", a->upright || ns == a->base_ns ||
				      (label[0] == '-') == (ns < a->base_ns));
		strcpy(last, label);
	}
	CHECK("ticks", n >= 1 && n <= 25);
}

static void
check_axis(
    int64_t lo_ns, int64_t hi_ns, int64_t base_ns, int cells, bool upright)
{
	struct axis a = axis_over(lo_ns, hi_ns, base_ns, cells, upright);
	uint64_t was, is;

	was = (uint64_t)reached(hi_ns) - (uint64_t)reached(lo_ns);
	is = (uint64_t)a.hi_ns - (uint64_t)a.lo_ns;
	CHECK("covers", a.lo_ns <= reached(lo_ns) && a.hi_ns >= reached(hi_ns));
	CHECK("little air", is <= was + was / 3 + 1000);
	CHECK_EQ("left", axis_cell(&a, a.lo_ns), 0);
	CHECK_EQ("right", axis_cell(&a, a.hi_ns), cells - 1);
	check_ticks(&a);
}

/* Whatever 0 is on it. */
static void
check_bases(int64_t lo_ns, int64_t hi_ns)
{
	size_t i, w;

	for (w = 0; w < COUNTOF(widths); w++) {
		for (i = 0; i < COUNTOF(edges); i++)
			check_axis(lo_ns, hi_ns, edges[i], widths[w], false);
		if (lo_ns >= 0)
			check_axis(lo_ns, hi_ns, 0, widths[w], true);
	}
}

static void
test_axes(void)
{
	size_t i, k;

	for (i = 0; i < COUNTOF(edges); i++)
		for (k = i; k < COUNTOF(edges); k++)
			check_bases(edges[i], edges[k]);
}

static const struct {
	int64_t lo_ns, hi_ns;
	int cells;
	bool upright;
	const char *first, *second; /* labels */
} scales[] = {
	{ MS(-40), MS(210), 60, false, "-50 ms", "0" },
	{ 0, S(5), 60, false, "0", "+1 s" },
	{ 0, S(1) + MS(400), 60, false, "0", "+0.5 s" },
	{ 0, MIN, 60, false, "0", "+10 s" },
	{ 0, 3 * MIN, 60, false, "0", "+1 min" },
	{ 0, 10 * MIN, 60, false, "0", "+2 min" },
	{ -2 * DAY, 2 * DAY, 60, false, "-2 days", "-1 day" },
	{ 0, 50 * YEAR, 60, false, "0", "+20 years" },
	{ US(3), US(17), 60, false, "+5 us", "+10 us" },
	{ S(7), S(7) + US(100), 60, false, "+7000.00 ms", "+7000.05 ms" },
	{ YEAR, YEAR + 200, 100, false, "+31556952000000.0 us",
	    "+31556952000000.1 us" },
	{ MS(7), MS(12), 10, true, "8 ms", "10 ms" },
	{ US(100), US(900), 10, true, "200 us", "400 us" },
};

static void
test_labels(void)
{
	char label[AXIS_LABEL_SIZE];
	struct axis a;
	size_t i;

	for (i = 0; i < COUNTOF(scales); i++) {
		a = axis_over(scales[i].lo_ns, scales[i].hi_ns, 0,
		    scales[i].cells, scales[i].upright);
		axis_label(label, &a, axis_first(&a), "u");
		if (strcmp(label, scales[i].first) != 0)
			printf("%s, not %s\n", label, scales[i].first);
		CHECK("first", strcmp(label, scales[i].first) == 0);
		axis_label(label, &a, axis_first(&a) + a.step_ns, "u");
		if (strcmp(label, scales[i].second) != 0)
			printf("%s, not %s\n", label, scales[i].second);
		CHECK("second", strcmp(label, scales[i].second) == 0);
	}
}

/* ---- pictures ---- */

#define SOURCES 30

struct scene {
	struct server_spec specs[SOURCES];
	struct source *sources[SOURCES];
	struct ask ask;
	struct outcome o;
};

static void
scene_open(struct scene *sc)
{
	memset(sc, 0, sizeof(*sc));
	sc->ask.servers = sc->specs;
	sc->ask.nservers = SOURCES;
	sc->o.ask = &sc->ask;
	sc->o.m.sources = sc->sources;
	sc->o.verdict.kind = VERDICT_NO_ANSWER;
}

static void
scene_close(struct scene *sc)
{
	while (sc->o.m.nsources > 0) {
		free(sc->sources[--sc->o.m.nsources]);
		free(sc->specs[sc->o.m.nsources].name);
	}
}

static struct source *
add(struct scene *sc, const char *name, enum status status, int64_t offset_ns,
    int64_t bound_ns)
{
	struct source *src =
	    calloc(1, sizeof(*src) + SAMPLES_MAX * sizeof(struct sample));

	if (src == NULL || sc->o.m.nsources == SOURCES)
		abort();
	src->spec = sc->o.m.nsources;
	src->status = status;
	src->offset_ns = offset_ns;
	src->bound_ns = bound_ns;
	src->nsamples = bound_ns >= 0;
	src->samples[0].offset_ns = offset_ns;
	sc->specs[src->spec].name = strdup(name);
	sc->sources[sc->o.m.nsources++] = src;
	return src;
}

static void
add_sample(struct source *src, int64_t offset_ns, int64_t delay_ns)
{
	struct sample *s = &src->samples[src->nsamples++];

	s->offset_ns = offset_ns;
	s->delay_ns = delay_ns;
}

static void
agree(struct scene *sc, int64_t offset_ns, int64_t bound_ns)
{
	sc->o.verdict.kind = VERDICT_AGREED;
	sc->o.verdict.offset_ns = offset_ns;
	sc->o.verdict.bound_ns = bound_ns;
	sc->o.verdict.votes = sc->o.verdict.agreeing = 1;
}

/* The chart as it is, without the sentence at its end. */
static void
check_chart(const char *what, struct scene *sc, const char *locale,
    const char *columns, const char *want)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	if (f == NULL || setenv("LC_ALL", locale, 1) == -1 ||
	    setenv("COLUMNS", columns, 1) == -1)
		abort();
	chart_print(f, NULL, &sc->o);
	if (fclose(f) != 0)
		abort();
	if (strncmp(got, want, strlen(want)) != 0)
		printf("%s:\n%s", what, got);
	CHECK(what, strncmp(got, want, strlen(want)) == 0);
	free(got);
}

static void
add_four(struct scene *sc)
{
	scene_open(sc);
	add(sc, "ntp1.example.net", STATUS_BEST, MS(100), MS(60));
	add(sc, "ntp2.example.net", STATUS_AGREES, MS(120), MS(100));
	add(sc, "ntp3.example.net", STATUS_AGREES, MS(60), MS(80));
	add(sc, "ntp4.example.net", STATUS_OUTVOTED, MS(360), MS(40));
	add(sc, "ntp5.example.net", STATUS_OUTVOTED, -7 * HOUR, MS(40));
	add(sc, "ntp6.example.net", STATUS_NO_REPLY, -1, -1)->fault =
	    FAULT_SILENT;
	agree(sc, MS(90), MS(50));
}

static void
test_pictures(void)
{
	struct scene sc;

	add_four(&sc);
	check_chart("UTF-8", &sc, "C.UTF-8", "60",
	    "* ntp1.example.net      ┊  ┣━━━━●━━━┤\n"
	    "+ ntp2.example.net      ┊├─━━━━━━●━━─────┤\n"
	    "+ ntp3.example.net    ├────━━●━━━━━┫\n"
	    "x ntp4.example.net      ┊  ░░░░░░░░░             ├──○──┤\n"
	    "x ntp5.example.net  ◀ -7.000 h ░░░░░\n"
	    "- ntp6.example.net  no reply ░░░░░░░\n"
	    "  agreed                ┊  ▀▀▀▀▀▀▀▀▀ +90.00 ms ± 50 ms\n"
	    "                    ────┼───────────────┬──────────────┬────\n"
	    "                        0            +200 ms        +400 ms\n"
	    "                   local clock\n");
	check_chart("ASCII", &sc, "C", "60",
	    "* ntp1.example.net      '  |====o===|\n"
	    "+ ntp2.example.net      '|-======o==-----|\n"
	    "+ ntp3.example.net    |----==o=====|\n"
	    "x ntp4.example.net      '  :::::::::             |--o--|\n"
	    "x ntp5.example.net  < -7.000 h :::::\n"
	    "- ntp6.example.net  no reply :::::::\n"
	    "  agreed                '  ^^^^^^^^^ +90.00 ms +/- 50 ms\n"
	    "                    ----+---------------+--------------+----\n"
	    "                        0            +200 ms        +400 ms\n"
	    "                   local clock\n");
	check_chart("narrow", &sc, "C", "40",
	    "* ntp1...le.net    ' |==o=|\n"
	    "+ ntp2...le.net    '|===o=---|\n"
	    "+ ntp3...le.net   |--=o==|\n"
	    "x ntp4...le.net    ' :::::       |-o-|\n"
	    "x ntp5...le.net  < -7.000 h\n"
	    "- ntp6...le.net  no reply\n"
	    "  agreed           ' ^^^^^\n"
	    "                 --+--------+--------+--\n"
	    "                   0     +200 ms +400 ms\n"
	    "              local clock\n");
	scene_close(&sc);
}

static void
test_wedge(void)
{
	struct scene sc;
	struct source *src;
	int i;

	scene_open(&sc);
	src = add(&sc, "ntp1.example.net", STATUS_BEST, MS(10), MS(8));
	src->samples[0].delay_ns = MS(10);
	for (i = 1; i < 7; i++)
		add_sample(
		    src, MS(10) + (i % 2 ? 1 : -1) * MS(i) / 2, MS(10 + i));
	add_sample(src, MS(10), MS(13));
	src = add(&sc, "ntp2.example.net", STATUS_AGREES, MS(12), MS(12));
	src->samples[0].delay_ns = MS(15);
	add_sample(src, MS(14), MS(17));
	add_sample(src, MS(40), MS(70));
	agree(&sc, MS(11), MS(7));
	check_chart("wedge", &sc, "C.UTF-8", "60",
	    "* a ntp1.example.net     ┊ ┣━━━━━━━━━━●━━━━━━━━━┫\n"
	    "+ b ntp2.example.net     ├─━━━━━━━━━━━━━━●━━━━━━━───────┤\n"
	    "    agreed               ┊ ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀\n"
	    "                      ───┼────────────┬────────────┬────────\n"
	    "                         0         +10 ms       +20 ms\n"
	    "                    local clock\n"
	    "\n"
	    "               delay\n"
	    "                     │                                  ╱\n"
	    "                     │ ╲                             ╱   b\n"
	    "               16 ms ┤  a╲                         ╱\n"
	    "                     │     ╲                   b ╱a\n"
	    "               14 ms ┤       a                 ╱\n"
	    "                     │         ╲      a      a\n"
	    "               12 ms ┤           ╲a        ╱\n"
	    "                     │             ╲     a\n"
	    "               10 ms ┤               ╲a╱\n"
	    "                     │\n"
	    "                     └───────┬────────┬────────┬─────────┬──\n"
	    "                           +8 ms   +10 ms   +12 ms    +14 ms\n"
	    "                      ◀ local clock\n"
	    "1 sample is too far off to be drawn here\n");
	check_chart("wedge in ASCII", &sc, "C", "60",
	    "* a ntp1.example.net     ' |==========o=========|\n"
	    "+ b ntp2.example.net     |-==============o=======-------|\n"
	    "    agreed               ' ^^^^^^^^^^^^^^^^^^^^^^\n"
	    "                      ---+------------+------------+--------\n"
	    "                         0         +10 ms       +20 ms\n"
	    "                    local clock\n"
	    "\n"
	    "               delay\n"
	    "                     |                                  /\n"
	    "                     | \\                             /   b\n"
	    "               16 ms +  a\\                         /\n"
	    "                     |     \\                   b /a\n"
	    "               14 ms +       a                 /\n"
	    "                     |         \\      a      a\n"
	    "               12 ms +           \\a        /\n"
	    "                     |             \\     a\n"
	    "               10 ms +               \\a/\n"
	    "                     |\n"
	    "                     +-------+--------+--------+---------+--\n"
	    "                           +8 ms   +10 ms   +12 ms    +14 ms\n"
	    "                      < local clock\n"
	    "1 sample is too far off to be drawn here\n");
	scene_close(&sc);
}

/* Bounds of nothing, and offsets of all that an integer holds. */
static void
test_extremes(void)
{
	struct scene sc;

	scene_open(&sc);
	add(&sc, "zero", STATUS_BEST, 0, 0);
	agree(&sc, 0, 0);
	check_chart("a point", &sc, "C", "60",
	    "* zero                             o\n"
	    "  agreed                           ^ +0.000 us +/- 0.0 us\n"
	    "          --+----------------------+---------------------+--\n"
	    "        -0.05 us                   0                +0.05 us\n"
	    "                              local clock\n");
	add(&sc, "first", STATUS_OUTVOTED, INT64_MIN, 1);
	add(&sc, "last", STATUS_OUTVOTED, INT64_MAX, INT64_MAX);
	check_chart("the edges", &sc, "C", "60",
	    "* zero                             o\n"
	    "x first   < -292 years             '\n"
	    "x last                             |----------- +292 years >\n"
	    "  agreed                           ^ +0.000 us +/- 0.0 us\n"
	    "          --+----------------------+---------------------+--\n"
	    "        -0.05 us                   0                +0.05 us\n"
	    "                              local clock\n");
	scene_close(&sc);

	scene_open(&sc);
	add(&sc, "first", STATUS_OUTVOTED, INT64_MIN, 1);
	add(&sc, "last", STATUS_OUTVOTED, INT64_MAX, INT64_MAX);
	check_chart("two worlds", &sc, "C", "60",
	    "x first   < -292 years             '\n"
	    "x last                             |----------- +292 years >\n"
	    "          --------+----------------+---------------+--------\n"
	    "             -100 years            0          +100 years\n"
	    "                              local clock\n");
	scene_close(&sc);

	scene_open(&sc);
	add(&sc, "before", STATUS_OUTVOTED, S(-2), S(1));
	add(&sc, "after", STATUS_OUTVOTED, S(2), S(1));
	add(&sc, "1926", STATUS_OUTVOTED, -100 * YEAR, S(1));
	sc.o.verdict.kind = VERDICT_NO_MAJORITY;
	check_chart("no majority", &sc, "C.UTF-8", "60",
	    "x before      ├──────○──────┤      ┊\n"
	    "x after                            ┊      ├──────○──────┤\n"
	    "x 1926    ◀ -100 years             ┊\n"
	    "          ────┬──────┬──────┬──────┼──────┬──────┬──────┬───\n"
	    "            -3 s   -2 s   -1 s     0    +1 s   +2 s   +3 s\n"
	    "                              local clock\n");
	scene_close(&sc);
}

static void
test_names(void)
{
	struct scene sc;

	scene_open(&sc);
	add(&sc, "a-very-long-name-of-a-server.example.net", STATUS_BEST, MS(5),
	    MS(1));
	add(&sc, "\033[31mred\xc3\xa4\n", STATUS_TOO_FAR, MS(6), MS(1));
	add(&sc, "silent.example.net", STATUS_UNAUTHENTICATED, -1, -1);
	agree(&sc, MS(5), MS(1));
	check_chart("names", &sc, "C", "60",
	    "* a-very-lo..ample.net    |=========o==========|\n"
	    "- ?[31mred???             ::::::::::|----------o---------|\n"
	    "                        bound is over 1.5 s ::::\n"
	    "- silent.example.net    must be authenticated, which this\n"
	    "                        version cannot do ::::::\n"
	    "  agreed                  ^^^^^^^^^^^^^^^^^^^^^^\n"
	    "                        --+---------+----------+---------+--\n"
	    "                        +4 ms     +5 ms      +6 ms     +7 ms\n"
	    "                        < local clock\n");
	check_chart("names in UTF-8", &sc, "C.UTF-8", "40",
	    "* a-very…le.net   ┣━━━━━━●━━━━━┫\n"
	    "- ?[31mred???     ░░░░░░░├─────○──────┤\n"
	    "                 bound is over 1.5 s\n"
	    "- silent…le.net  must be authenticated,\n"
	    "                 which this version\n"
	    "                 cannot do ░░░░░\n"
	    "  agreed          ▀▀▀▀▀▀▀▀▀▀▀▀▀▀\n"
	    "                 ─┬──────┬─────┬──────┬─\n"
	    "                +4 ms  +5 ms +6 ms +7 ms\n"
	    "                 ◀ local clock\n");
	scene_close(&sc);
}

/* A name with several addresses is told with them. */
static void
test_addresses(void)
{
	struct scene sc;
	struct source *src;
	int i;

	scene_open(&sc);
	for (i = 1; i < 4; i++) {
		src = add(&sc, "pool.example.net", STATUS_AGREES, MS(i), MS(2));
		CHECK("address",
		    addr_parse(&src->addr,
			i == 3 ? "2001:db8:1234:5678::1" : "192.0.2.1", 123));
		src->spec = i == 1 ? 0 : 1;
	}
	agree(&sc, MS(2), MS(1));
	check_chart("addresses", &sc, "C", "60",
	    "+ pool.example.net         |---------o=========|\n"
	    "+ pool.exam..192.0.2.1          |----=====o=====----|\n"
	    "+ pool.exam..4:5678::1          '    |=========o---------|\n"
	    "  agreed                        '    ^^^^^^^^^^^\n"
	    "                        --------+---------+---------+-------\n"
	    "                                0       +2 ms     +4 ms\n"
	    "                           local clock\n");
	scene_close(&sc);
}

int
main(void)
{
	test_rounds();
	test_cells();
	test_widest();
	test_axes();
	test_labels();
	test_pictures();
	test_wedge();
	test_extremes();
	test_names();
	test_addresses();
	UNIT_END();
}
