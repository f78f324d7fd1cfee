/*
 * Fuzzer of base/range: each line of an input is read as a threshold, taken
 * apart another way, and tried at its ends and at moments from the input.
 */

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/range.h"
#include "tests/fuzz/fuzz.h"

#define END_MAX 63 /* letters of an end that are read */

/* An end by its letters, which are overwritten. */
static bool
end_of(int64_t *ns, char *text)
{
	bool minus = *text == '-';

	if (strlen(text) > END_MAX || !num_duration(ns, text + minus))
		return false;
	*ns *= minus ? -1 : 1;
	return true;
}

/* What a copy of the text means, which is cut to pieces. */
static bool
meaning(struct range *r, char *text)
{
	bool good = true;
	char *end;

	*r = (struct range){ 0, INT64_MAX, *text == '@' };
	if (*text == '@')
		text++;
	if ((end = strchr(text, ':')) == NULL)
		return end_of(&r->end_ns, text) && r->end_ns >= 0;
	*end++ = '\0';
	if (strcmp(text, "~") == 0)
		r->start_ns = INT64_MIN;
	else
		good = end_of(&r->start_ns, text);
	if (*end != '\0')
		good = end_of(&r->end_ns, end) && good;
	return good && r->start_ns <= r->end_ns;
}

static bool
same(const struct range *a, const struct range *b)
{
	return a->start_ns == b->start_ns && a->end_ns == b->end_ns &&
	       a->inside == b->inside;
}

/* That of the signed values alerts just where that of their sizes does. */
static void
check_at(const struct range *r, const struct range *both, int64_t ns)
{
	int64_t size = ns == INT64_MIN ? INT64_MAX : (int64_t)num_abs(ns);
	bool within = ns >= r->start_ns && ns <= r->end_ns;

	HOLDS(range_alerts(r, ns) == (r->inside ? within : !within));
	HOLDS(both == NULL || range_alerts(both, ns) == range_alerts(r, size));
}

static void
check_range(const struct range *r, int64_t a, int64_t b)
{
	const int64_t at[] = { 0, 1, -1, a, b, r->start_ns, r->end_ns,
		num_sub(r->start_ns, 1), num_add(r->end_ns, 1),
		num_sub(0, r->start_ns), num_sub(0, r->end_ns), INT64_MIN,
		INT64_MAX };
	struct range both, again;
	char text[RANGE_TEXT_SIZE];
	bool either = range_of_signed(&both, r);
	size_t i;

	HOLDS(either || (r->start_ns > 0 && r->end_ns >= r->start_ns &&
			    r->end_ns != INT64_MAX));
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		check_at(r, either ? &both : NULL, at[i]);
	HOLDS(range_parse(&again, range_text(text, r)) && same(r, &again));
	HOLDS(strspn(text, "@~:-.0123456789") == strlen(text));
	HOLDS(!either || (range_parse(&again, range_text(text, &both)) &&
			     same(&both, &again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n);
	int64_t a = (int64_t)read_u64(&r), b = (int64_t)read_u64(&r);
	struct range got, want;
	char *text, *line;
	bool good;

	fuzz_begin();
	text = fuzz_text(bytes, n);
	while ((line = strsep(&text, "\n")) != NULL) {
		got = (struct range){ -77, -78, true };
		good = range_parse(&got, line);
		HOLDS(good || (got.start_ns == -77 && got.end_ns == -78));
		HOLDS(good == meaning(&want, line));
		if (good) {
			HOLDS(same(&got, &want));
			check_range(&got, a, b);
		}
	}
	fuzz_end();
	return 0;
}
