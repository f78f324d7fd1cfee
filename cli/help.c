/*
 * What --help prints: the options, out of their table, and the exit statuses.
 */

#include "cli/help.h"

#include <stdio.h>

#include "base/exits.h"

static const struct {
	int status;
	const char *words;
} exits[] = {
	{ EXIT_DONE, "time was obtained and what was asked was done" },
	{ EXIT_NO_ANSWER, "no server gave a usable answer" },
	{ EXIT_USAGE,
	    "usage: a wrong option, server word or file, or no server at all" },
	{ EXIT_NO_MAJORITY, "servers answered, but too few of them agree" },
	{ EXIT_CLOCK, "the clock could not be corrected" },
	{ EXIT_REFUSED, "the correction was refused" },
	{ EXIT_INTERNAL, "internal error, or the report could not be written" },
};

static void
print_option(const struct option_def *d)
{
	char letter[] = "-x,", left[40];

	letter[1] = (char)d->letter;
	snprintf(left, sizeof(left), "%-3s --%s %s",
	    d->letter < ONLY_LONG ? letter : "", d->name,
	    d->value != NULL ? d->value : "");
	printf("  %-22s  %s\n", left, d->help);
}

void
help_print(const struct option_def *defs, size_t n)
{
	const struct option_def *d;
	size_t i;

	puts("usage: ntpsync [option ...] [server ...]\n\n"
	     "Asks NTP servers the time, and prints how far the clock is off, "
	     "or sets it.\n"
	     "A server is HOST, HOST:PORT, [IPV6]:PORT or an address, and then "
	     "of these words:\n"
	     ",pool ,max=N ,noselect ,version=3 ,iburst.  "
	     "A duration D is like 500ms, 2s, 5m.");
	for (d = defs; d < defs + n; d++)
		if (d->letter == 0)
			printf("\n%s\n", d->help);
		else
			print_option(d);
	puts("\nExit status:");
	for (i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		printf("  %2d  %s\n", exits[i].status, exits[i].words);
	puts("  With -F nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.");
	puts("\nExamples:\n"
	     "  ntpsync ntp1.example.net ntp2.example.net ntp3.example.net\n"
	     "  ntpsync --set -n ntp1.example.net   (what would be done about "
	     "it?)");
}
