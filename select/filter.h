#ifndef SELECT_FILTER_H
#define SELECT_FILTER_H

#include <stdint.h>

struct instant;
struct source;

/*
 * What the samples of one source come to at an instant that is not before
 * them: fills in offset, delay, bound, jitter, facts and stamps.  rate is
 * the kernel's correction of the local clock's rate.  The source must have a
 * sample.
 */
void filter_source(struct source *, const struct instant *now, double rate);
#endif
