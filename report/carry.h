#ifndef REPORT_CARRY_H
#define REPORT_CARRY_H

#include <stdbool.h>

#include "base/num.h"

struct file;

/*
 * What an old report of ours, in Prometheus' format, says of a metric without
 * labels: its value, as printed by num_seconds and not below zero.  False, and
 * value untouched, if it does not say so.
 */
bool carry_find(char value[NUM_TEXT_SIZE], const char *report, const char *name)
    __attribute__((warn_unused_result));

/*
 * The same for the file that a new report will replace, if it is ours; no more
 * is read of it than the first 8 KB.
 */
bool carry_read(char value[NUM_TEXT_SIZE], const struct file *,
    const char *name) __attribute__((warn_unused_result));
#endif
