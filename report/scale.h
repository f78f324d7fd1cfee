#ifndef REPORT_SCALE_H
#define REPORT_SCALE_H

#include <stdbool.h>
#include <stdint.h>

struct outcome;
struct source;

/* From lo to hi, both included. */
struct span {
	int64_t lo_ns, hi_ns;
	bool some; /* or nothing at all */
};

void span_add(struct span *, int64_t lo_ns, int64_t hi_ns);
bool span_has(const struct span *, int64_t ns);

/* What is to be drawn to scale with it: at most four times as much. */
struct span span_around(const struct span *);

/* The correctness interval of a source that was measured. */
struct span span_of(const struct source *);

/* Whether a source belongs to the majority. */
bool scale_agrees(const struct source *);

/*
 * What the intervals of those have in common who agree; the verdict's where
 * they had to be widened to have anything.  Nothing if nobody agrees.
 */
struct span scale_agreed(const struct outcome *);

/*
 * What to call 0 on an axis over the span: the local clock, or the offset that
 * was agreed on (or the middle) where that is so far away that labels would be
 * all digits.
 */
int64_t scale_base(const struct outcome *, const struct span *);

/*
 * The offsets to draw to scale: the intervals of those who agree, and of the
 * others what is not too far from them.  Nothing if nobody was measured.
 */
struct span scale_offsets(const struct outcome *);
#endif
