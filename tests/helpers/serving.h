#ifndef TESTS_SERVING_H
#define TESTS_SERVING_H

/* What the servers of the tests have in common. */

#include <stdint.h>

/* The time as it is on the wire: 32 bits of seconds since 1900, and 32 more. */
uint64_t serving_now(void);

/* Ends with whoever started it, and when that is interrupted. */
void serving_begin(void);
#endif
