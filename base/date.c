/*
 * Moments as dates, UTC.
 *
 * gmtime() would do, but the C library reads the time zone's file for it, and
 * this program is over before that file is read.
 */

#include "base/date.h"

#include <stdio.h>

#include "base/types.h"

#define DAY_S           86400
#define DAYS_400_YEARS  146097
#define DAYS_TO_0000_03 719468 /* from 1 March of the year 0 to 1970 */

/*
 * Days since 1970 to year, month and day.  A year that begins on 1 March has
 * its leap day last, so that 153 days make five months wherever one starts.
 */
static void
set_day(struct date *d, int64_t days)
{
	int64_t era, day, year, month;

	days += DAYS_TO_0000_03;
	era = (days >= 0 ? days : days - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
	day = days - era * DAYS_400_YEARS;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	d->day = (int)(day - (153 * month + 2) / 5) + 1;
	d->month = (int)(month < 10 ? month + 3 : month - 9);
	d->year = year + era * 400 + (d->month <= 2);
}

struct date
date_of(int64_t ns)
{
	int64_t s = ns / NS_PER_S, day_s;
	struct date d = { .ns = ns % NS_PER_S };

	if (d.ns < 0) {
		d.ns += NS_PER_S;
		s--;
	}
	day_s = s % DAY_S;
	if (day_s < 0)
		day_s += DAY_S;
	set_day(&d, (s - day_s) / DAY_S);
	d.hour = (int)(day_s / 3600);
	d.minute = (int)(day_s / 60 % 60);
	d.second = (int)(day_s % 60);
	return d;
}

const char *
date_text(char buf[DATE_TEXT_SIZE], int64_t ns)
{
	struct date d = date_of(ns);

	snprintf(buf, DATE_TEXT_SIZE, "%04lld-%02d-%02d %02d:%02d:%02d UTC",
	    (long long)d.year, d.month, d.day, d.hour, d.minute, d.second);
	return buf;
}
