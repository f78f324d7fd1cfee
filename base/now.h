#ifndef BASE_NOW_H
#define BASE_NOW_H

#include <stdint.h>

/* The local clock: nanoseconds since 1970 UTC. */
int64_t now_real_ns(void);

/* Nanoseconds since some moment before, never set; for durations. */
int64_t now_mono_ns(void);

/*
 * The precision of the local clock as RFC 5905 section 7.3 means it: the
 * resolution or the time it takes to read, whichever is larger.
 */
int64_t now_precision_ns(void);
#endif
