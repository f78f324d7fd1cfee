#ifndef BASE_RANGE_H
#define BASE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A threshold, as the Monitoring Plugins' guidelines define one: from start to
 * end, both included.  INT64_MIN and INT64_MAX: without end.
 */
struct range {
	int64_t start_ns, end_ns;
	bool inside; /* it alerts inside of it, else outside */
};

/*
 * "10" (from 0), "10:", "~:10", "10:20", "@10:20": where these have numbers any
 * durations, and a minus sign before them.  Anything else, and a start above
 * the end, is false and leaves *r alone.
 */
bool range_parse(struct range *r, const char *text)
    __attribute__((warn_unused_result));

bool range_alerts(const struct range *, int64_t ns);

/*
 * Of a range that is about sizes, the one that is about signed values: it
 * alerts for a value when r does for its size.  False if no single range does
 * that.
 */
bool range_of_signed(struct range *out, const struct range *r)
    __attribute__((warn_unused_result));

#define RANGE_TEXT_SIZE 48

/* Plain numbers of seconds, as any tool reads them.  Returns buf. */
const char *range_text(char buf[RANGE_TEXT_SIZE], const struct range *);
#endif
