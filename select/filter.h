#ifndef SELECT_FILTER_H
#define SELECT_FILTER_H

#include <stdint.h>

struct source;

/*
 * What the samples of one source come to at mono_ns: fills in offset, delay,
 * bound, jitter, facts and stamps.  The source must have a sample.
 */
void filter_source(struct source *, int64_t mono_ns);
#endif
