#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A duration as command.md defines it: digits[.digits] and then ns, us, ms, s,
 * m, h, d or nothing (seconds).  What is finer than a nanosecond is cut off;
 * more than 100 years, and anything else, is false and leaves *ns alone.
 */
bool
num_duration(int64_t *ns, const char *text) __attribute__((warn_unused_result));

/* A whole number between min and max, decimal digits only. */
bool num_whole(unsigned *out, const char *text, unsigned min, unsigned max)
    __attribute__((warn_unused_result));

/* The magnitude of an offset; right for INT64_MIN too. */
uint64_t num_abs(int64_t);

/*
 * Sums that end at the edge of int64_t instead of overflowing, for moments and
 * intervals made of what others said.
 */
int64_t num_add(int64_t, int64_t);
int64_t num_sub(int64_t, int64_t);

int64_t num_min(int64_t, int64_t);

/* The square root, rounded; libm is not worth loading for one. */
int64_t num_root(double);

/* How finely num_text tells a duration. */
enum num_style {
	NUM_SIGNED, /* "+1.234 ms", "+251 ms": an offset in a table */
	NUM_SHORT,  /* "0.8 ms", "12 us": a bound or a delay */
	NUM_PLAIN   /* "1.25 ms": a magnitude in a sentence */
};

#define NUM_TEXT_SIZE 32

/*
 * A duration in the unit a person would choose, us to years.  micro is how to
 * write the micro of microseconds ("u", or the letter where the terminal knows
 * it).  Returns buf.
 */
const char *num_text(
    char buf[NUM_TEXT_SIZE], int64_t ns, enum num_style, const char *micro);

/* Seconds with all nine decimals, for programs: "-0.001250000".  Returns buf.
 */
const char *num_seconds(char buf[NUM_TEXT_SIZE], int64_t ns);
#endif
