/*
 * Thresholds as monitoring knows them: ranges, here of durations.
 *
 * Reading is as strict as it is for durations; all is reckoned in nanoseconds.
 */

#include "base/range.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/types.h"

#define END_SIZE 64 /* of an end as it is written */

/* So many letters: a duration, and maybe a minus sign before it. */
static bool
read_end(int64_t *ns, const char *text, size_t n)
{
	bool minus = *text == '-';
	char buf[END_SIZE];

	if (n >= sizeof(buf))
		return false;
	memcpy(buf, text, n);
	buf[n] = '\0';
	if (!num_duration(ns, buf + minus))
		return false;
	if (minus)
		*ns = -*ns;
	return true;
}

/* The start, behind which the colon is. */
static bool
read_start(int64_t *ns, const char *text, size_t n)
{
	if (n != 1 || *text != '~')
		return read_end(ns, text, n);
	*ns = INT64_MIN;
	return true;
}

bool
range_parse(struct range *r, const char *text)
{
	struct range got = { .end_ns = INT64_MAX, .inside = *text == '@' };
	const char *p = text + got.inside, *colon = strchr(p, ':');

	if (colon != NULL) {
		if (!read_start(&got.start_ns, p, (size_t)(colon - p)))
			return false;
		p = colon + 1;
	}
	if ((colon == NULL || *p != '\0') &&
	    !read_end(&got.end_ns, p, strlen(p)))
		return false;
	if (got.start_ns > got.end_ns)
		return false;
	*r = got;
	return true;
}

bool
range_alerts(const struct range *r, int64_t ns)
{
	return (ns >= r->start_ns && ns <= r->end_ns) == r->inside;
}

/*
 * Sizes up to an end are values between two; those from a start on are the
 * values that are not between two; others are two ranges of values, or none.
 */
bool
range_of_signed(struct range *out, const struct range *r)
{
	struct range got = { INT64_MIN, INT64_MAX, r->inside };

	if (r->end_ns < 0)
		got.inside = !got.inside; /* no size is in it */
	else if (r->start_ns <= 0 && r->end_ns != INT64_MAX) {
		got.start_ns = -r->end_ns;
		got.end_ns = r->end_ns;
	} else if (r->start_ns > 0) {
		if (r->end_ns != INT64_MAX)
			return false;
		got.start_ns = 1 - r->start_ns;
		got.end_ns = r->start_ns - 1;
		got.inside = !got.inside;
	}
	*out = got;
	return true;
}

/* "-0.5": as many decimals as it takes.  Returns where it ends. */
static char *
put_end(char *p, char *end, int64_t ns)
{
	char text[NUM_TEXT_SIZE];

	p += snprintf(p, (size_t)(end - p), "%s", num_seconds(text, ns));
	while (p[-1] == '0')
		p--;
	if (p[-1] == '.')
		p--;
	*p = '\0';
	return p;
}

const char *
range_text(char buf[RANGE_TEXT_SIZE], const struct range *r)
{
	char *p = buf, *end = buf + RANGE_TEXT_SIZE;
	bool short_form = r->start_ns == 0 && r->end_ns != INT64_MAX;

	if (r->inside)
		*p++ = '@';
	if (r->start_ns == INT64_MIN)
		*p++ = '~';
	else if (!short_form)
		p = put_end(p, end, r->start_ns);
	if (!short_form)
		*p++ = ':';
	*p = '\0';
	if (r->end_ns != INT64_MAX)
		put_end(p, end, r->end_ns);
	return buf;
}
