/*
 * Fuzzer of the report that is about to be replaced: an input is such a file.
 */

#include <stdio.h>
#include <string.h>

#include "report/carry.h"
#include "tests/fuzz/fuzz.h"

#define NAME "ntpsync_last_success_timestamp_seconds"

/* What is carried over is a line of the report, and goes into the new one. */
static void
check(const char *report, const char *value)
{
	size_t whole = strspn(value, "0123456789");
	char line[sizeof(NAME) + NUM_TEXT_SIZE + 2];
	const char *at = report;

	HOLDS(whole >= 1 && whole <= 10 && value[whole] == '.');
	HOLDS(strspn(value + whole + 1, "0123456789") == 9);
	HOLDS(value[whole + 10] == '\0');
	snprintf(line, sizeof(line), NAME " %s\n", value);
	while (
	    (at = strstr(at, line)) != NULL && at != report && at[-1] != '\n')
		at++;
	HOLDS(at != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char value[NUM_TEXT_SIZE] = "untouched";
	char *report;

	fuzz_begin();
	report = fuzz_text(bytes, n);
	if (carry_find(value, report, NAME))
		check(report, value);
	else
		HOLDS(strcmp(value, "untouched") == 0);
	fuzz_end();
	return 0;
}
