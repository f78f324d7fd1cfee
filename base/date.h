#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdint.h>

/* A moment, or the nanosecond it begins with, in the Gregorian calendar, UTC.
 */
struct date {
	int64_t year;
	int month, day, hour, minute, second; /* month and day from 1 */
	int64_t ns;
};

struct date date_of(int64_t ns);

#define DATE_TEXT_SIZE 40

/* "2026-11-22 09:12:00 UTC"; returns buf. */
const char *date_text(char buf[DATE_TEXT_SIZE], int64_t ns);
#endif
