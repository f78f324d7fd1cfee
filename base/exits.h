#ifndef BASE_EXITS_H
#define BASE_EXITS_H

/* The exit statuses of command.md; the words are in cli/help.c. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_NO_ANSWER = 1,
	EXIT_USAGE = 2,
	EXIT_NO_MAJORITY = 3,
	EXIT_CLOCK = 4,
	EXIT_REFUSED = 5,
	EXIT_INTERNAL = 70
};
#endif
