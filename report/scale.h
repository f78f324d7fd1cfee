#ifndef REPORT_SCALE_H
#define REPORT_SCALE_H

#include <stdbool.h>
#include <stdint.h>

struct outcome;
struct source;

/* From lo to hi, both included. */
struct range {
	int64_t lo_ns, hi_ns;
	bool some; /* or nothing at all */
};

void range_add(struct range *, int64_t lo_ns, int64_t hi_ns);
bool range_has(const struct range *, int64_t ns);

/* What is to be drawn to scale with it: at most four times as much. */
struct range range_around(const struct range *);

/* The correctness interval of a source that was measured. */
struct range range_of(const struct source *);

/* Whether a source belongs to the majority. */
bool scale_agrees(const struct source *);

/*
 * The offsets to draw to scale: the intervals of those who agree, and of the
 * others what is not too far from them.  Nothing if nobody was measured.
 */
struct range scale_offsets(const struct outcome *);
#endif
