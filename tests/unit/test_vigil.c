/*
 * Unit tests of net/vigil: when names are looked up again under --wait, and
 * when the network is tried again, while it changes or not.  What is due is a
 * letter: w for the network, n for names without an address, m for moved ones
 * too, i for those of which no lookup is under way.
 */

#include "base/log.h"
#include "base/types.h"
#include "net/vigil.h"
#include "tests/unit/unit.h"

#define EVENTS_MAX 24

struct event {
	int64_t at_ms;
	char due;
};

static const struct {
	const char *what;
	int64_t changes_ms[EVENTS_MAX]; /* ends with 0 */
	int64_t from_ms, until_ms;
	struct event want[EVENTS_MAX];
} rows[] = {
	{ "each second, moved ones every fourth", { 0 }, 0, 9500,
	    { { 1000, 'n' }, { 2000, 'n' }, { 3000, 'n' }, { 4000, 'm' },
		{ 5000, 'n' }, { 6000, 'n' }, { 7000, 'n' }, { 8000, 'm' },
		{ 9000, 'n' } } },
	{ "after 30 s every fourth only", { 0 }, 29500, 41000,
	    { { 30000, 'n' }, { 32000, 'm' }, { 36000, 'm' },
		{ 40000, 'm' } } },
	{ "a change soon after the beginning", { 20 }, 0, 900,
	    { { 20, 'w' }, { 20, 'i' } } },
	{ "a change soon after a tick", { 1005 }, 0, 1900,
	    { { 1000, 'n' }, { 1005, 'w' }, { 1005, 'i' } } },
	{ "a change just before one", { 995 }, 0, 1900,
	    { { 995, 'w' }, { 995, 'i' }, { 1000, 'n' } } },
	{ "changes in a burst: the network is tried 10 ms after the first",
	    { 100, 103, 106 }, 0, 300,
	    { { 100, 'w' }, { 100, 'i' }, { 110, 'w' } } },
	{ "many changes: names are looked up again 250 ms after the first",
	    { 100, 120, 140, 160 }, 0, 900,
	    { { 100, 'w' }, { 100, 'i' }, { 120, 'w' }, { 140, 'w' },
		{ 160, 'w' }, { 350, 'i' } } },
	{ "or at a tick, if one comes before", { 800, 820 }, 0, 1900,
	    { { 800, 'w' }, { 800, 'i' }, { 820, 'w' }, { 1000, 'n' } } },
};

static void
expect(const char *what, const struct event **want, int64_t at_ms, char due)
{
	CHECK_EQ(what, at_ms, (*want)->at_ms);
	CHECK_EQ(what, due, (*want)->due);
	if ((*want)->due != '\0')
		(*want)++;
}

static void
expect_all(
    const char *what, const struct event **want, int64_t at_ms, unsigned due)
{
	if ((due & VIGIL_NETWORK) != 0)
		expect(what, want, at_ms, 'w');
	if ((due & VIGIL_MOVED) != 0)
		expect(what, want, at_ms, 'm');
	else if ((due & VIGIL_NAMES) != 0)
		expect(what, want, at_ms, 'n');
	if ((due & VIGIL_IDLE) != 0)
		expect(what, want, at_ms, 'i');
}

/* As the exchange does it: by the moments that the vigil names. */
static void
run(const char *what, const int64_t *change_ms, int64_t from_ms,
    int64_t until_ms, const struct event *want)
{
	const struct ask ask = { .wait_ns = 600 * NS_PER_S };
	const struct measurement m = { 0 };
	int64_t now_ns = NS_PER_S, began_ns = now_ns, again_ns;
	int64_t until_ns = began_ns + until_ms * NS_PER_MS;
	struct vigil v;
	unsigned due;

	vigil_open(&v, &ask, now_ns);
	while (now_ns < until_ns) {
		if (*change_ms != 0 &&
		    now_ns == began_ns + *change_ms * NS_PER_MS) {
			v.changed = true;
			change_ms++;
		}
		due = vigil_due(&v, &m, now_ns, &again_ns);
		CHECK(what, again_ns > now_ns);
		if (now_ns >= began_ns + from_ms * NS_PER_MS)
			expect_all(
			    what, &want, (now_ns - began_ns) / NS_PER_MS, due);
		if (*change_ms != 0 &&
		    began_ns + *change_ms * NS_PER_MS < again_ns)
			again_ns = began_ns + *change_ms * NS_PER_MS;
		now_ns = again_ns;
	}
	CHECK_EQ(what, want->due, '\0');
	vigil_close(&v);
}

int
main(void)
{
	size_t i;

	log_set(LEVEL_SILENT);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(rows[i].what, rows[i].changes_ms, rows[i].from_ms,
		    rows[i].until_ms, rows[i].want);
	UNIT_END();
}
