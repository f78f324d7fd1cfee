/*
 * Unit tests of select/: who agrees, on what, and when that is settled.
 *
 * The agreements are worked out by hand, from the contract's words; a second
 * reckoning that tries every set of votes is the judge of thousands more.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/types.h"
#include "select/filter.h"
#include "select/select.h"
#include "select/settle.h"
#include "select/tally.h"
#include "tests/unit/scrambled.h"
#include "tests/unit/unit.h"

#define ROWS       8
#define ENDED      (INT64_C(5000) * NS_PER_S)
#define YEAR       (31556952 * NS_PER_S)
#define US(n)      ((n)*NS_PER_US)
#define MS(n)      ((n)*NS_PER_MS)
#define WIDE       US(1000) /* by this an interval is widened on each side */
#define NOBODY     -1
#define COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

/* ---- a measurement made by hand ---- */

static const struct instant at_the_end = { .mono_ns = ENDED };

struct scene {
	struct ask ask;
	struct server_spec specs[ROWS];
	struct source *sources[ROWS];
	struct measurement m;
};

static void
scene_open(struct scene *sc)
{
	memset(sc, 0, sizeof(*sc));
	sc->ask.servers = sc->specs;
	sc->ask.nservers = ROWS;
	sc->ask.samples = 1;
	sc->ask.min_sources = 1;
	sc->m.sources = sc->sources;
	sc->m.room = ROWS;
	sc->m.ended.mono_ns = ENDED;
}

static void
scene_close(struct scene *sc)
{
	while (sc->m.nsources > 0)
		free(sc->sources[--sc->m.nsources]);
}

/* An address of its own server, that was asked and is still silent. */
static struct source *
add_silent(struct scene *sc, unsigned vote)
{
	struct source *src =
	    calloc(1, sizeof(*src) + SAMPLES_MAX * sizeof(struct sample));

	if (src == NULL || sc->m.nsources == ROWS)
		abort();
	src->spec = sc->m.nsources;
	src->vote = vote;
	src->first = src;
	src->addr.len = sizeof(struct sockaddr_in);
	src->addr.ss.ss_family = AF_INET;
	src->sent = 1;
	src->waiting_mono_ns = ENDED;
	src->offset_ns = src->delay_ns = src->bound_ns = src->jitter_ns = -1;
	src->status = STATUS__MAX;
	sc->sources[sc->m.nsources++] = src;
	if (vote >= sc->m.nvotes)
		sc->m.nvotes = vote + 1;
	return src;
}

/* A further address of the name that began with first. */
static struct source *
add_address(struct scene *sc, struct source *first, unsigned vote, int family)
{
	struct source *src = add_silent(sc, vote), *last = first;

	while (last->sibling != NULL)
		last = last->sibling;
	last->sibling = src;
	src->first = first;
	src->spec = first->spec;
	src->addr.ss.ss_family = (sa_family_t)family;
	return src;
}

/* One more sample, of which bound_ns is all that is not known of the offset. */
static void
add_sample(struct source *src, int64_t offset_ns, int64_t bound_ns)
{
	struct sample *s = &src->samples[src->nsamples++];

	s->offset_ns = offset_ns;
	s->at.mono_ns = ENDED;
	s->facts.root_disp_ns = bound_ns - 1; /* filter_source rounds up */
	s->facts.stratum = (uint8_t)(src->spec + 1);
	src->received++;
	src->waiting_mono_ns = 0;
	filter_source(src, &at_the_end, 0);
	if (src->bound_ns != bound_ns || src->offset_ns != offset_ns)
		CHECK_EQ("the bound a test wants", src->bound_ns, bound_ns);
}

/* Its only sample, and nothing more is wanted of it. */
static struct source *
add_heard(struct scene *sc, unsigned vote, int64_t offset_ns, int64_t bound_ns)
{
	struct source *src = add_silent(sc, vote);

	add_sample(src, offset_ns, bound_ns);
	src->done = true;
	return src;
}

static struct verdict
weigh(struct scene *sc)
{
	struct verdict v;

	memset(&v, 0xff, sizeof(v));
	CHECK_EQ("memory", select_verdict(&v, &sc->m, &sc->ask), 0);
	return v;
}

/* ---- agreements worked out by hand ---- */

struct row {
	int64_t offset, bound; /* bound 0: silent */
	enum status want;
};

#define YES  STATUS_AGREES
#define BEST STATUS_BEST
#define OUT  STATUS_OUTVOTED
#define FAR  STATUS_TOO_FAR
#define MUTE STATUS_NO_REPLY

static const struct agreement {
	const char *what;
	unsigned n;
	struct row rows[ROWS];
	enum verdict_kind kind;
	unsigned votes, agreeing;
	int64_t offset, bound; /* the verdict's, when agreed */
} agreements[] = {
	{ "nobody at all", 0, { { 0 } }, VERDICT_NO_ANSWER, 0, 0, 0, 0 },
	{ "nobody answered", 2, { { 0, 0, MUTE }, { 0, 0, MUTE } },
	    VERDICT_NO_ANSWER, 0, 0, 0, 0 },
	{ "one", 1, { { MS(5), MS(2), BEST } }, VERDICT_AGREED, 1, 1, MS(5),
	    MS(2) },
	{ "one, behind", 1, { { MS(-5), MS(2), BEST } }, VERDICT_AGREED, 1, 1,
	    MS(-5), MS(2) },
	{ "one of three", 3,
	    { { 0, 0, MUTE }, { MS(5), MS(2), BEST }, { 0, 0, MUTE } },
	    VERDICT_AGREED, 1, 1, MS(5), MS(2) },
	{ "two alike", 2, { { MS(5), MS(2), BEST }, { MS(5), MS(2), YES } },
	    VERDICT_AGREED, 2, 2, MS(5), MS(2) },
	/* [-1,1] and [-2.1,3.9]: 0.9 x 1/3 / (1 + 1/3) = 0.225 */
	{ "two, weighted", 2, { { 0, MS(1), BEST }, { US(900), MS(3), YES } },
	    VERDICT_AGREED, 2, 2, US(225), US(1225) },
	{ "two, the better second", 2,
	    { { US(900), MS(3), YES }, { 0, MS(1), BEST } }, VERDICT_AGREED, 2,
	    2, US(225), US(1225) },
	{ "two that disagree", 2,
	    { { 0, MS(1), OUT }, { MS(250), MS(1), OUT } }, VERDICT_NO_MAJORITY,
	    2, 1, 0, 0 },
	/* widened [-2,2] and [2,6] share one point; unwidened nothing */
	{ "touching when widened", 2,
	    { { 0, MS(1), BEST }, { MS(4), MS(1), YES } }, VERDICT_AGREED, 2, 2,
	    MS(2), 0 },
	{ "1 ns from touching", 2,
	    { { 0, MS(1), OUT }, { MS(4) + 1, MS(1), OUT } },
	    VERDICT_NO_MAJORITY, 2, 1, 0, 0 },
	{ "1 ns from touching, behind", 2,
	    { { 0, MS(1), OUT }, { MS(-4) - 1, MS(1), OUT } },
	    VERDICT_NO_MAJORITY, 2, 1, 0, 0 },
	/* widened [-2,2] and [1,5]: the mean 1.5 lies in [1,2] */
	{ "only when widened", 2, { { 0, MS(1), BEST }, { MS(3), MS(1), YES } },
	    VERDICT_AGREED, 2, 2, US(1500), US(500) },
	/* unwidened [-1,1] and [1,3] share 1 */
	{ "touching as they are", 2,
	    { { 0, MS(1), BEST }, { MS(2), MS(1), YES } }, VERDICT_AGREED, 2, 2,
	    MS(1), 0 },
	/* 1 ns too far for that: the widened [0, 2 ms] + 1 is taken */
	{ "1 ns from touching as they are", 2,
	    { { 0, MS(1), BEST }, { MS(2) + 2, MS(1), YES } }, VERDICT_AGREED,
	    2, 2, MS(1) + 1, MS(1) - 1 },
	{ "two of three", 3,
	    { { MS(1), MS(1), BEST }, { MS(1), MS(2), YES },
		{ MS(251), MS(1), OUT } },
	    VERDICT_AGREED, 3, 2, MS(1), MS(1) },
	{ "two of three, the odd one first and best", 3,
	    { { MS(-251), US(1), OUT }, { MS(1), MS(1), BEST },
		{ MS(1), MS(2), YES } },
	    VERDICT_AGREED, 3, 2, MS(1), MS(1) },
	{ "two that answered of four", 4,
	    { { MS(1), MS(1), BEST }, { 0, 0, MUTE }, { MS(1), MS(2), YES },
		{ 0, 0, MUTE } },
	    VERDICT_AGREED, 2, 2, MS(1), MS(1) },
	{ "two against two", 4,
	    { { 0, MS(1), OUT }, { 0, MS(2), OUT }, { MS(250), MS(1), OUT },
		{ MS(250), MS(2), OUT } },
	    VERDICT_NO_MAJORITY, 4, 2, 0, 0 },
	{ "two of four, two alone", 4,
	    { { 0, MS(1), OUT }, { 0, MS(2), OUT }, { MS(250), MS(1), OUT },
		{ MS(500), MS(2), OUT } },
	    VERDICT_NO_MAJORITY, 4, 2, 0, 0 },
	{ "three of five", 5,
	    { { 0, MS(1), BEST }, { 0, MS(2), YES }, { 0, MS(2), YES },
		{ MS(250), MS(1), OUT }, { MS(250), MS(2), OUT } },
	    VERDICT_AGREED, 5, 3, 0, MS(1) },
	{ "three who all differ", 3,
	    { { 0, MS(1), OUT }, { MS(100), MS(1), OUT },
		{ MS(200), MS(1), OUT } },
	    VERDICT_NO_MAJORITY, 3, 1, 0, 0 },
	/* 0 x 1/100 + 10 x 1/10 + 12 x 1 over 1.11 = 13/1.11 = 11.711711712 */
	{ "nested", 3,
	    { { 0, MS(100), YES }, { MS(10), MS(10), YES },
		{ MS(12), MS(1), BEST } },
	    VERDICT_AGREED, 3, 3, 11711712, 1288288 },
	/* [-10,10] twice and [9,29]: the mean 19/3 lies outside [9,10] */
	{ "clamped up", 3,
	    { { 0, MS(10), BEST }, { 0, MS(10), YES },
		{ MS(19), MS(10), YES } },
	    VERDICT_AGREED, 3, 3, MS(9), MS(1) },
	{ "clamped down", 3,
	    { { 0, MS(10), BEST }, { 0, MS(10), YES },
		{ MS(-19), MS(10), YES } },
	    VERDICT_AGREED, 3, 3, MS(-9), MS(1) },
	/* A meets B and B meets C, but A does not meet C: two sets of two */
	{ "a chain", 3,
	    { { 0, MS(1), OUT }, { MS(3), MS(1), OUT }, { MS(6), MS(1), OUT } },
	    VERDICT_NO_MAJORITY, 3, 2, 0, 0 },
	/* the same with a wide one in the middle */
	{ "two rivals and one who holds with both", 3,
	    { { 0, MS(1), OUT }, { MS(250), MS(1), OUT },
		{ 0, MS(1400), OUT } },
	    VERDICT_NO_MAJORITY, 3, 2, 0, 0 },
	/* four of five hold with D and four with E, so there are two sets */
	{ "three wide, and two precise ones that disagree", 5,
	    { { 0, MS(100), OUT }, { 0, MS(100), OUT }, { 0, MS(100), OUT },
		{ MS(-50), MS(1), OUT }, { MS(50), MS(1), OUT } },
	    VERDICT_NO_MAJORITY, 5, 4, 0, 0 },
	/* 16 s says nothing of use, so it has no vote */
	{ "two rivals and one too far", 3,
	    { { 0, MS(1), OUT }, { MS(250), MS(1), OUT },
		{ 0, MS(16000), FAR } },
	    VERDICT_NO_MAJORITY, 2, 1, 0, 0 },
	{ "rivals that a third set outdoes", 6,
	    { { 0, MS(1), OUT }, { 0, MS(1), OUT }, { MS(90), MS(1), BEST },
		{ MS(90), MS(1), YES }, { MS(90), MS(1), YES },
		{ MS(90), MS(1), YES } },
	    VERDICT_AGREED, 6, 4, MS(90), MS(1) },
	{ "rivals before a larger set", 5,
	    { { 0, MS(1), OUT }, { MS(90), MS(1), OUT },
		{ MS(180), MS(1), BEST }, { MS(180), MS(1), YES },
		{ MS(180), MS(1), YES } },
	    VERDICT_AGREED, 5, 3, MS(180), MS(1) },
	{ "at 1.5 s", 1, { { 0, MS(1500), BEST } }, VERDICT_AGREED, 1, 1, 0,
	    MS(1500) },
	{ "too far by 1 ns", 1, { { 0, MS(1500) + 1, FAR } }, VERDICT_NO_ANSWER,
	    0, 0, 0, 0 },
	{ "too far has no vote", 3,
	    { { 0, MS(1), BEST }, { MS(250), MS(1501), FAR },
		{ MS(-250), MS(9000), FAR } },
	    VERDICT_AGREED, 1, 1, 0, MS(1) },
	/* years */
	{ "200 years ahead", 3,
	    { { 200 * YEAR, MS(1), BEST }, { 200 * YEAR, MS(2), YES },
		{ -200 * YEAR, MS(1), OUT } },
	    VERDICT_AGREED, 3, 2, 200 * YEAR, MS(1) },
	{ "200 years behind", 3,
	    { { 200 * YEAR, MS(1), OUT }, { -200 * YEAR, MS(2), YES },
		{ -200 * YEAR, MS(1), BEST } },
	    VERDICT_AGREED, 3, 2, -200 * YEAR, MS(1) },
	{ "400 years apart", 2,
	    { { 200 * YEAR, MS(1), OUT }, { -200 * YEAR, MS(2), OUT } },
	    VERDICT_NO_MAJORITY, 2, 1, 0, 0 },
	{ "the weights at 200 years", 2,
	    { { 200 * YEAR, MS(1), BEST },
		{ 200 * YEAR + US(900), MS(3), YES } },
	    VERDICT_AGREED, 2, 2, 200 * YEAR + US(225), US(1225) },
};

/* A mean of doubles may miss by a nanosecond. */
#define CHECK_NEAR(what, got, want)                                            \
	CHECK_EQ(what,                                                         \
	    (got) - (want) >= -1 && (got) - (want) <= 1 ? (want) : (got),      \
	    want)

static void
check_agreement(const struct agreement *a)
{
	struct verdict v;
	struct scene sc;
	unsigned i;

	scene_open(&sc);
	for (i = 0; i < a->n; i++)
		if (a->rows[i].bound == 0)
			add_silent(&sc, i)->fault = FAULT_SILENT;
		else
			add_heard(&sc, i, a->rows[i].offset, a->rows[i].bound);
	v = weigh(&sc);
	CHECK_EQ(a->what, v.kind, a->kind);
	CHECK_EQ(a->what, v.votes, a->votes);
	CHECK_EQ(a->what, v.agreeing, a->agreeing);
	CHECK_EQ(a->what, v.needed, 1);
	CHECK_EQ(a->what, v.majority, a->kind == VERDICT_AGREED);
	if (a->kind == VERDICT_AGREED) {
		CHECK_NEAR(a->what, v.offset_ns, a->offset);
		CHECK_NEAR(a->what, v.bound_ns, a->bound);
		CHECK(a->what, v.bound_ns >= 0);
	}
	for (i = 0; i < a->n; i++) {
		CHECK_EQ(a->what, sc.sources[i]->status, a->rows[i].want);
		if (sc.sources[i]->status == STATUS_BEST)
			CHECK_EQ(a->what, v.stratum, i + 1);
	}
	scene_close(&sc);
}

static void
test_agreements(void)
{
	size_t i;

	for (i = 0; i < COUNTOF(agreements); i++)
		check_agreement(&agreements[i]);
}

/* One server is a mean of one: exactly what it says, whatever its bound. */
static void
test_one_is_exact(void)
{
	struct verdict v;
	struct scene sc;
	int64_t bound;
	int wrong = 0;

	for (bound = 1; bound < 2000000; bound += 997) {
		scene_open(&sc);
		add_heard(&sc, 0, MS(5), bound);
		v = weigh(&sc);
		wrong += v.offset_ns != MS(5) || v.bound_ns != bound;
		scene_close(&sc);
	}
	CHECK_EQ(
	    "one server: cases of 2007 in which the verdict is not its own",
	    wrong, 0);
	scene_open(&sc);
	add_heard(&sc, 0, MS(5), 93);
	v = weigh(&sc);
	CHECK_EQ("one server, 93 ns: offset", v.offset_ns, MS(5));
	CHECK_EQ("one server, 93 ns: bound", v.bound_ns, 93);
	scene_close(&sc);
}

/* ---- the rules beside ---- */

static void
test_one_name_one_vote(void)
{
	struct verdict v;
	struct scene sc;

	scene_open(&sc);
	add_heard(&sc, 0, 0, MS(3));
	add_heard(&sc, 0, MS(250), MS(1)); /* the better bound speaks */
	add_heard(&sc, 1, MS(250), MS(2));
	v = weigh(&sc);
	CHECK_EQ("votes", v.votes, 2);
	CHECK_EQ("agreeing", v.agreeing, 2);
	CHECK_EQ("agreed", v.kind, VERDICT_AGREED);
	CHECK_EQ("its other address", sc.sources[0]->status, STATUS_SPARE);
	CHECK_EQ("who speaks", sc.sources[1]->status, STATUS_BEST);
	CHECK_EQ("the other name", sc.sources[2]->status, STATUS_AGREES);
	scene_close(&sc);

	/* two addresses of one liar do not outvote an honest one */
	scene_open(&sc);
	add_heard(&sc, 0, MS(250), MS(1));
	add_heard(&sc, 0, MS(250), MS(1));
	add_heard(&sc, 1, 0, MS(1));
	v = weigh(&sc);
	CHECK_EQ("a tie", v.kind, VERDICT_NO_MAJORITY);
	CHECK_EQ("votes", v.votes, 2);
	CHECK_EQ("as good: the first speaks", sc.sources[0]->status,
	    STATUS_OUTVOTED);
	CHECK_EQ("as good: the second is spare", sc.sources[1]->status,
	    STATUS_SPARE);
	scene_close(&sc);

	/* an address too far leaves the vote to the other */
	scene_open(&sc);
	add_heard(&sc, 0, MS(250), MS(1501));
	add_heard(&sc, 0, 0, MS(1500));
	v = weigh(&sc);
	CHECK_EQ("one vote", v.votes, 1);
	CHECK_EQ("too far", sc.sources[0]->status, STATUS_TOO_FAR);
	CHECK_EQ("speaks", sc.sources[1]->status, STATUS_BEST);
	scene_close(&sc);
}

static void
test_noselect(void)
{
	struct verdict v;
	struct scene sc;

	scene_open(&sc);
	add_heard(&sc, 0, MS(250), US(1));
	add_heard(&sc, 1, 0, MS(1));
	add_heard(&sc, 2, MS(250), MS(1600));
	sc.sources[0]->noselect = sc.sources[2]->noselect = true;
	v = weigh(&sc);
	CHECK_EQ("agreed", v.kind, VERDICT_AGREED);
	CHECK_EQ("votes", v.votes, 1);
	CHECK_EQ("noselect", sc.sources[0]->status, STATUS_NOSELECT);
	CHECK_EQ("measured all the same", sc.sources[0]->offset_ns, MS(250));
	CHECK_EQ("used", sc.sources[1]->status, STATUS_BEST);
	CHECK_EQ("noselect, and far", sc.sources[2]->status, STATUS_NOSELECT);
	scene_close(&sc);

	scene_open(&sc);
	add_heard(&sc, 0, 0, MS(1));
	sc.sources[0]->noselect = true;
	v = weigh(&sc);
	CHECK_EQ("none but noselect", v.kind, VERDICT_NO_ANSWER);
	CHECK_EQ("noselect", sc.sources[0]->status, STATUS_NOSELECT);
	scene_close(&sc);

	scene_open(&sc);
	add_silent(&sc, 0)->fault = FAULT_SILENT;
	sc.sources[0]->noselect = true;
	v = weigh(&sc);
	CHECK_EQ("noselect and silent", sc.sources[0]->status, STATUS_NO_REPLY);
	scene_close(&sc);
}

static void
test_min_sources(void)
{
	struct verdict v;
	struct scene sc;
	unsigned min;

	for (min = 1; min <= 4; min++) {
		scene_open(&sc);
		sc.ask.min_sources = min;
		add_heard(&sc, 0, 0, MS(1));
		add_heard(&sc, 1, 0, MS(2));
		add_heard(&sc, 2, MS(250), MS(1));
		v = weigh(&sc);
		CHECK_EQ("kind", v.kind,
		    min <= 2 ? VERDICT_AGREED : VERDICT_NO_MAJORITY);
		CHECK_EQ("needed", v.needed, min);
		CHECK_EQ("agreeing", v.agreeing, 2);
		CHECK("a majority all the same", v.majority);
		CHECK_EQ("best", sc.sources[0]->status, STATUS_BEST);
		CHECK_EQ("agrees", sc.sources[1]->status, STATUS_AGREES);
		CHECK_EQ("outvoted", sc.sources[2]->status, STATUS_OUTVOTED);
		scene_close(&sc);
	}
}

static void
test_statuses(void)
{
	static const struct {
		enum fault fault;
		enum status want;
	} faults[] = {
		{ FAULT_NONE, STATUS_NO_REPLY },
		{ FAULT_LOOKUP, STATUS_UNRESOLVED },
		{ FAULT_LOOKUP_SLOW, STATUS_UNRESOLVED },
		{ FAULT_SAME, STATUS_SPARE },
		{ FAULT_FAMILY, STATUS_UNRESOLVED },
		{ FAULT_UNREACHABLE, STATUS_UNREACHABLE },
		{ FAULT_SILENT, STATUS_NO_REPLY },
		{ FAULT_NOT_AWAITED, STATUS_NOT_AWAITED },
		{ FAULT_DISTURBED, STATUS_INVALID },
		{ FAULT_LENGTH, STATUS_INVALID },
		{ FAULT_ORIGIN, STATUS_INVALID },
		{ FAULT_VERSION, STATUS_INVALID },
		{ FAULT_MODE, STATUS_INVALID },
		{ FAULT_TRAILER, STATUS_INVALID },
		{ FAULT_KISS, STATUS_KISS },
		{ FAULT_LEAP, STATUS_UNSYNCHRONISED },
		{ FAULT_STRATUM, STATUS_UNSYNCHRONISED },
		{ FAULT_ZERO, STATUS_INVALID },
		{ FAULT_ORDER, STATUS_INVALID },
		{ FAULT_HOLD, STATUS_INVALID },
		{ FAULT_PRECISION, STATUS_INVALID },
		{ FAULT_ROOT, STATUS_INVALID },
		{ FAULT_DELAY, STATUS_INVALID },
	};
	struct source *src;
	struct verdict v;
	struct scene sc;
	size_t i;

	CHECK_EQ("every fault is here", COUNTOF(faults), FAULT__MAX);
	for (i = 0; i < COUNTOF(faults); i++) {
		scene_open(&sc);
		src = add_silent(&sc, 0);
		src->fault = faults[i].fault;
		src->done = true;
		v = weigh(&sc);
		CHECK_EQ("a fault's status", src->status, faults[i].want);
		CHECK_EQ("no answer", v.kind, VERDICT_NO_ANSWER);
		CHECK_EQ("bound not known", src->bound_ns, -1);
		add_sample(
		    src, MS(5), MS(1)); /* what was heard before counts */
		v = weigh(&sc);
		CHECK_EQ("a fault after a sample", src->status, STATUS_BEST);
		CHECK_EQ("a fault after a sample", v.kind, VERDICT_AGREED);
		scene_close(&sc);
	}
}

/* ---- samples ---- */

static void
test_least_delay(void)
{
	static const int64_t offsets[] = { US(104), US(100), US(103) };
	static const int64_t delays[] = { 3000, 1000, 2000 };
	struct source *src;
	struct verdict v;
	struct scene sc;
	int i;

	scene_open(&sc);
	src = add_silent(&sc, 0);
	src->done = true;
	src->nsamples = 3;
	for (i = 0; i < 3; i++) {
		src->samples[i].offset_ns = offsets[i];
		src->samples[i].delay_ns = delays[i];
		src->samples[i].at.mono_ns = ENDED;
		src->samples[i].facts.stratum = (uint8_t)(i + 1);
		src->samples[i].facts.leap = (uint8_t)i;
	}
	src->samples[1].tx = STAMP_KERNEL;
	src->samples[1].rx = STAMP_KERNEL;
	v = weigh(&sc);
	CHECK_EQ("offset", src->offset_ns, US(100));
	CHECK_EQ("delay", src->delay_ns, 1000);
	CHECK_EQ("stratum", src->facts.stratum, 2);
	CHECK_EQ("tx", src->tx, STAMP_KERNEL);
	CHECK_EQ("rx", src->rx, STAMP_KERNEL);
	CHECK_EQ("root of (16 + 9) / 2 us", src->jitter_ns, 3536);
	CHECK_EQ("verdict", v.offset_ns, US(100));
	CHECK_EQ("verdict's jitter", v.jitter_ns, 3536);
	CHECK_EQ("verdict's stratum", v.stratum, 2);
	CHECK_EQ("verdict's leap", v.leap, LEAP_INSERT);
	scene_close(&sc);
}

/*
 * (2 ms + 1 ms) / 2 + 3 ms + 2 us + 15 ppm of 10.002 s = 4652.03 us, and what
 * rounding up adds.
 */
static void
test_bound(void)
{
	struct source *src;
	struct scene sc;

	scene_open(&sc);
	src = add_silent(&sc, 0);
	src->nsamples = 1;
	src->samples[0] = (struct sample){ .delay_ns = MS(2),
		.took_ns = MS(2),
		.at.mono_ns = ENDED - 10 * NS_PER_S,
		.precision_ns = US(2),
		.facts = { .root_delay_ns = MS(1), .root_disp_ns = MS(3) } };
	filter_source(src, &at_the_end, 0);
	CHECK("not below", src->bound_ns >= 4652030);
	CHECK("not far above", src->bound_ns <= 4652032);
	CHECK_EQ("jitter of one", src->jitter_ns, -1);
	src->samples[0].took_ns += 333; /* drift below a nanosecond counts up */
	filter_source(src, &at_the_end, 0);
	CHECK("not below", src->bound_ns >= 4652031);
	/* as wide as what ntp_reply lets through can make it: too far */
	src->samples[0].facts.root_delay_ns = 31 * NS_PER_S;
	src->samples[0].facts.root_disp_ns = 500 * NS_PER_MS;
	filter_source(src, &at_the_end, 0);
	CHECK("16 s",
	    src->bound_ns > 16 * NS_PER_S && src->bound_ns < 17 * NS_PER_S);
	scene_close(&sc);
}

/* RMS over all but one, and the best one's own jitter on top. */
static void
test_jitter(void)
{
	struct source *src;
	struct verdict v;
	struct scene sc;

	scene_open(&sc);
	src = add_heard(&sc, 0, 0, MS(1));
	src->samples[1] = src->samples[0]; /* 4 us beside the first */
	src->samples[1].offset_ns = US(4);
	src->samples[1].delay_ns = US(1);
	src->nsamples = 2;
	add_heard(&sc, 1, US(3), MS(2));
	v = weigh(&sc);
	CHECK_EQ("its own", src->jitter_ns, US(4));
	CHECK_EQ("one sample has none", sc.sources[1]->jitter_ns, -1);
	CHECK_EQ("root of 3 and 4", v.jitter_ns, US(5));
	scene_close(&sc);

	scene_open(&sc);
	add_heard(&sc, 0, 0, MS(1));
	add_heard(&sc, 1, US(30), MS(2));
	add_heard(&sc, 2, US(-40), MS(2));
	add_heard(&sc, 3, MS(250), MS(2)); /* outvoted: not counted */
	v = weigh(&sc);
	CHECK_EQ("root of (900 + 1600) / 2 us", v.jitter_ns, 35355);
	scene_close(&sc);

	scene_open(&sc);
	add_heard(&sc, 0, 0, MS(1));
	add_heard(&sc, 1, MS(250), MS(2));
	v = weigh(&sc);
	CHECK_EQ("no majority: not known", v.jitter_ns, -1);
	scene_close(&sc);
}

/* Eight samples as far apart as int64_t allows: known, and not negative. */
static void
test_wild_jitter(void)
{
	struct source *src;
	struct scene sc;
	int i;

	scene_open(&sc);
	src = add_silent(&sc, 0);
	src->nsamples = SAMPLES_MAX;
	for (i = 0; i < SAMPLES_MAX; i++) {
		src->samples[i].offset_ns = i == 0 ? -136 * YEAR : 136 * YEAR;
		src->samples[i].at.mono_ns = ENDED;
		src->samples[i].delay_ns = i;
	}
	filter_source(src, &at_the_end, 0);
	CHECK_EQ("272 years", src->jitter_ns / YEAR, 272);
	for (i = 0; i < SAMPLES_MAX; i++)
		src->samples[i].offset_ns = i == 0 ? -200 * YEAR : 200 * YEAR;
	filter_source(src, &at_the_end, 0);
	CHECK("400 years", src->jitter_ns > 270 * YEAR);
	scene_close(&sc);
}

/* ---- the second reckoning ---- */

struct range {
	int64_t lo, hi;
};

/* What the intervals of all in the set have in common; lo > hi: nothing. */
static struct range
common(const struct scene *sc, unsigned set, int64_t widen)
{
	struct range all = { INT64_MIN, INT64_MAX };
	const struct source *src;
	unsigned i;

	for (i = 0; i < sc->m.nsources; i++) {
		src = sc->sources[i];
		if ((set >> i & 1) == 0)
			continue;
		if (src->offset_ns - src->bound_ns - widen > all.lo)
			all.lo = src->offset_ns - src->bound_ns - widen;
		if (src->offset_ns + src->bound_ns + widen < all.hi)
			all.hi = src->offset_ns + src->bound_ns + widen;
	}
	return all;
}

static unsigned
members(unsigned set)
{
	unsigned n = 0;

	for (; set != 0; set &= set - 1)
		n++;
	return n;
}

/* Every set of votes is tried; the largest, or 0 when there are several. */
static unsigned
largest_set(const struct scene *sc, unsigned *size)
{
	unsigned set, found = 0;
	struct range all;

	*size = 0;
	for (set = 1; set < 1U << sc->m.nsources; set++) {
		all = common(sc, set, WIDE);
		if (members(set) < *size || all.lo > all.hi)
			continue;
		found = members(set) > *size ? set : 0;
		*size = members(set);
	}
	return found;
}

/* The mean of those in the set, weighted by 1/bound. */
static double
mean(const struct scene *sc, unsigned set)
{
	double sum = 0, weights = 0;
	unsigned i;

	for (i = 0; i < sc->m.nsources; i++)
		if ((set >> i & 1) != 0) {
			sum += (double)sc->sources[i]->offset_ns /
			       (double)sc->sources[i]->bound_ns;
			weights += 1 / (double)sc->sources[i]->bound_ns;
		}
	return sum / weights;
}

static void
check_figures(const struct scene *sc, const struct verdict *v, unsigned set)
{
	struct range all = common(sc, set, 0);
	double want = mean(sc, set);
	int64_t bound;

	if (all.lo > all.hi)
		all = common(sc, set, WIDE);
	if (want < (double)all.lo)
		want = (double)all.lo;
	if (want > (double)all.hi)
		want = (double)all.hi;
	CHECK("offset", (double)v->offset_ns > want - 1.01 &&
			    (double)v->offset_ns < want + 1.01);
	CHECK("clamped", v->offset_ns >= all.lo && v->offset_ns <= all.hi);
	bound = all.hi - v->offset_ns;
	if (v->offset_ns - all.lo > bound)
		bound = v->offset_ns - all.lo;
	CHECK_EQ("bound", v->bound_ns, bound);
}

static void
check_against_all_sets(struct scene *sc)
{
	struct verdict v = weigh(sc);
	unsigned i, size, set = largest_set(sc, &size);
	bool agreed = set != 0 && size > sc->m.nsources / 2;

	CHECK_EQ("size", v.agreeing, size);
	CHECK_EQ("agreed", v.kind == VERDICT_AGREED, agreed);
	for (i = 0; i < sc->m.nsources; i++)
		CHECK_EQ("who agrees",
		    sc->sources[i]->status != STATUS_OUTVOTED,
		    agreed && (set >> i & 1) != 0);
	if (agreed)
		check_figures(sc, &v, set);
}

/* On a coarse grid, so that touching and ties are the rule. */
static void
test_all_sets(void)
{
	int64_t offset_ns;
	struct scene sc;
	unsigned i, n;
	int round;

	for (round = 0; round < 20000; round++) {
		scene_open(&sc);
		n = 1 + (unsigned)(scrambled() % 7);
		for (i = 0; i < n; i++) {
			offset_ns = MS((int64_t)(scrambled() % 17));
			add_heard(&sc, i, offset_ns,
			    MS((int64_t)(1 + scrambled() % 4)));
		}
		check_against_all_sets(&sc);
		scene_close(&sc);
	}
}

/* ---- when it is settled ---- */

/*
 * h: heard, agrees; x: heard, another time; o: open; v: overdue; d: done
 * without an answer; m: heard, agrees, and more samples are wanted of it; M:
 * that, but it is overdue; X: heard, another time, and more wanted; n: open,
 * noselect; N: heard, noselect.
 */
static void
add_kind(struct scene *sc, char kind)
{
	unsigned i = sc->m.nsources;
	struct source *src = add_silent(sc, i);

	if (strchr("hmM", kind) != NULL)
		add_sample(src, 0, MS(1));
	if (strchr("xX", kind) != NULL)
		add_sample(src, MS(250), MS(1));
	if (kind == 'N')
		add_sample(src, 0, MS(1));
	src->done = strchr("hxdN", kind) != NULL;
	src->overdue = strchr("vM", kind) != NULL;
	src->noselect = strchr("nN", kind) != NULL;
}

static bool
settled(struct scene *sc)
{
	struct tally t = { 0 };
	bool is = select_settled(&t, &sc->m, &sc->ask);

	tally_free(&t);
	return is;
}

static const struct {
	const char *kinds;
	unsigned min_sources;
	bool want;
} standings[] = {
	{ "", 1, false },
	{ "o", 1, false },
	{ "d", 1, false },
	{ "v", 1, false },
	{ "h", 1, true },
	{ "m", 1, false },
	{ "M", 1, true },
	{ "N", 1, false },
	/* one open vote */
	{ "ho", 1, false },
	{ "hho", 1, true },
	{ "hhoo", 1, false },
	{ "hhho", 1, true },
	{ "hhhoo", 1, true },
	{ "hhhooo", 1, false },
	{ "hhhhooo", 1, true },
	/* with somebody who disagrees */
	{ "hx", 1, false },
	{ "hhx", 1, true },
	{ "hhxo", 1, false },
	{ "hhhxo", 1, true },
	{ "hhxx", 1, false },
	{ "hhxxo", 1, false },
	{ "hhhxx", 1, true },
	/* who is overdue, or gone, no longer counts */
	{ "hv", 1, true },
	{ "hvvvv", 1, true },
	{ "hhov", 1, true },
	{ "hd", 1, true },
	{ "hdo", 1, false },
	{ "hhxv", 1, true },
	{ "hhxov", 1, false },
	/* of the majority everyone must have been heard out */
	{ "hm", 1, false },
	{ "hhm", 1, false },
	{ "hhhhm", 1, false },
	{ "hM", 1, true },
	{ "hhX", 1, true },
	{ "hhXo", 1, false },
	{ "mx", 1, false },
	/* who has no vote does not hold it up */
	{ "hn", 1, true },
	{ "hnnn", 1, true },
	{ "hN", 1, true },
	{ "hhnno", 1, true },
	/* --min-sources */
	{ "h", 2, false },
	{ "hh", 2, true },
	{ "hh", 3, false },
	{ "hhh", 3, true },
	{ "hhho", 4, false },
	{ "hhhxo", 3, true },
	{ "hN", 2, false },
};

static void
test_settled(void)
{
	struct scene sc;
	const char *k;
	size_t i;

	for (i = 0; i < COUNTOF(standings); i++) {
		scene_open(&sc);
		sc.ask.min_sources = standings[i].min_sources;
		for (k = standings[i].kinds; *k != '\0'; k++)
			add_kind(&sc, *k);
		CHECK_EQ(standings[i].kinds, settled(&sc), standings[i].want);
		scene_close(&sc);
	}
}

/* An open vote is one, however many addresses may yet speak for it. */
static void
test_settled_by_votes(void)
{
	struct source *first;
	struct scene sc;

	scene_open(&sc);
	add_heard(&sc, 0, 0, MS(1));
	first = add_silent(&sc, 1);           /* one name, IPv4 ... */
	add_address(&sc, first, 1, AF_INET6); /* ... and IPv6 */
	CHECK("1 of 2", !settled(&sc));
	first->overdue = true;
	CHECK("1 of 2, IPv6 is awaited", !settled(&sc));
	add_heard(&sc, 2, 0, MS(1));
	CHECK("2 of 3, IPv6 is awaited", settled(&sc));
	first->overdue = false;
	CHECK("2 of 3", settled(&sc));
	scene_close(&sc);

	scene_open(&sc);
	first = add_heard(&sc, 0, 0, MS(1));
	add_address(&sc, first, 0, AF_INET6);
	CHECK("a vote that has a voice is not open", settled(&sc));
	scene_close(&sc);
}

/* A pool has many votes, and none for a family that seems to be dead. */
static void
test_settled_pool(void)
{
	struct source *first, *v6;
	struct scene sc;

	scene_open(&sc);
	first = add_heard(&sc, 0, 0, MS(1));
	sc.specs[0].pool = true;
	sc.specs[0].max = 4;
	v6 = add_address(&sc, first, 1, AF_INET6);
	add_address(&sc, first, 2, AF_INET6);
	CHECK("IPv4 has answered", settled(&sc));
	add_address(&sc, first, 3, AF_INET);
	CHECK("1 of 2 over IPv4", !settled(&sc));
	add_sample(v6, 0, MS(1));
	v6->done = true;
	CHECK("2 of 4, both families live", !settled(&sc));
	add_sample(sc.sources[3], 0, MS(1));
	sc.sources[3]->done = true;
	CHECK("3 of 4", settled(&sc));
	scene_close(&sc);
}

/* A pool that is not looked up yet may bring so many votes. */
static void
test_settled_unresolved(void)
{
	struct source *pool;
	struct scene sc;
	unsigned i;

	scene_open(&sc);
	pool = add_silent(&sc, 0);
	pool->addr.len = 0;
	pool->addr.ss.ss_family = AF_UNSPEC;
	pool->sent = 0;
	pool->looking_up = true;
	sc.specs[0].pool = true;
	sc.specs[0].max = 4;
	for (i = 1; i <= 5; i++) {
		add_heard(&sc, i, 0, MS(1));
		CHECK_EQ("so many, and a pool of 4", settled(&sc), i > 4);
	}
	sc.specs[0].pool = false;
	CHECK("a name is one", settled(&sc));
	scene_close(&sc);
}

/* A, B and C share 0, C and D share 20 ms: one more there, and it is a tie. */
static void
test_settled_beside_a_rival(void)
{
	struct verdict v;
	struct scene sc;
	bool before;

	scene_open(&sc);
	add_heard(&sc, 0, 0, MS(1));
	add_heard(&sc, 1, 0, MS(1));
	add_heard(&sc, 2, MS(10), MS(10));
	add_heard(&sc, 3, MS(20), MS(1));
	add_silent(&sc, 4);
	before = settled(&sc);
	v = weigh(&sc);
	CHECK_EQ("before", v.kind, VERDICT_AGREED);
	add_sample(sc.sources[4], MS(20), MS(1));
	v = weigh(&sc);
	CHECK_EQ("after", v.kind, VERDICT_NO_MAJORITY);
	CHECK("settled, though the one who is open can undo it", !before);
	scene_close(&sc);
}

int
main(void)
{
	test_agreements();
	test_one_is_exact();
	test_one_name_one_vote();
	test_noselect();
	test_min_sources();
	test_statuses();
	test_least_delay();
	test_bound();
	test_jitter();
	test_wild_jitter();
	test_all_sets();
	test_settled();
	test_settled_by_votes();
	test_settled_pool();
	test_settled_unresolved();
	test_settled_beside_a_rival();
	UNIT_END();
}
