#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

struct settings;

enum options { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };

/*
 * Reads the command line.  OPTIONS_DONE: help or the version was printed, and
 * nothing is left to do.  OPTIONS_BAD: a message told why.  What *set points to
 * lives as long as the program.
 */
enum options options_read(struct settings *set, int argc, char *argv[])
    __attribute__((warn_unused_result));
#endif
