#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/*
 * Table-driven unit programs: CHECK counts and tells what did not hold, and
 * main() ends with UNIT_END().
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned unit_checks, unit_failures;

#define CHECK(what, cond)                                                      \
	do {                                                                   \
		unit_checks++;                                                 \
		if (!(cond)) {                                                 \
			unit_failures++;                                       \
			printf("%s:%d: %s: %s\n", __FILE__, __LINE__, what,    \
			    #cond);                                            \
		}                                                              \
	} while (0)

#define CHECK_EQ(what, got, want)                                              \
	do {                                                                   \
		int64_t unit_got = (got), unit_want = (want);                  \
		unit_checks++;                                                 \
		if (unit_got != unit_want) {                                   \
			unit_failures++;                                       \
			printf("%s:%d: %s: %s is %lld, not %lld\n", __FILE__,  \
			    __LINE__, what, #got, (long long)unit_got,         \
			    (long long)unit_want);                             \
		}                                                              \
	} while (0)

#define UNIT_END()                                                             \
	do {                                                                   \
		printf("%u checks, %u failed\n", unit_checks, unit_failures);  \
		return unit_checks == 0 || unit_failures != 0;                 \
	} while (0)
#endif
