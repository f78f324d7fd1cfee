#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdbool.h>
#include <stdint.h>

/* A scale: the durations from lo to hi, drawn in so many cells. */
struct axis {
	int64_t lo_ns, hi_ns;
	int64_t base_ns; /* what the labels call 0 */
	int cells;       /* 2 or more; lo is the middle of the first one */
	bool upright;    /* its labels stand above each other, unsigned */
	int64_t step_ns; /* from tick to tick: 1, 2 or 5 of something */
	int64_t unit_ns; /* which every label has, */
	int decimals;    /* and so many places behind the point */
};

/*
 * An axis that covers lo to hi and a little air, and ends at round numbers.
 * base is the 0 of its labels: 0, or where that is far away something near.
 */
struct axis axis_over(
    int64_t lo_ns, int64_t hi_ns, int64_t base_ns, int cells, bool upright);

/* In which cell a duration lies; -1 before the first, cells behind the last. */
int axis_cell(const struct axis *, int64_t ns);

/* What lies in the middle of a cell. */
int64_t axis_at(const struct axis *, int cell);

/* The first tick; the others follow by step_ns, up to hi_ns. */
int64_t axis_first(const struct axis *);

#define AXIS_LABEL_SIZE 40

/* "+1.5 ms", "0"; micro as for num_text().  Returns buf. */
const char *axis_label(char buf[AXIS_LABEL_SIZE], const struct axis *,
    int64_t ns, const char *micro);

/* The least round number that is not below: 1, 2 or 5 of a unit. */
int64_t axis_round(int64_t least_ns);
#endif
