#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

#include <stdint.h>

/*
 * The only functions of the program that set the clock; one file for each kind
 * of system.  Offsets are true time minus local time.  -1 with errno.
 */

/* Adds the offset to the clock at once. */
int clock_step(int64_t offset_ns);

/* Lets the kernel work the offset off at its own rate; returns at once. */
int clock_slew(int64_t offset_ns);
#endif
