#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stddef.h>

struct clock_action;
struct source;
struct verdict;

/* "best", "no-reply": the word that scripts know a status by. */
const char *words_status(const struct source *);

/* "none", "step": the word that scripts know by what was done. */
const char *words_action(const struct clock_action *);

#define WORDS_SIZE 192

/*
 * Why a source was not used, "" if it was: the same words in every format.
 * Returns buf.
 */
const char *words_reason(
    char buf[WORDS_SIZE], const struct source *, const struct verdict *);

/* Why there is no time to believe, "" if there is.  Returns buf. */
const char *words_verdict(char buf[WORDS_SIZE], const struct verdict *);

/* What else is to be said of what was done, each behind "; ".  Returns buf. */
const char *words_notes(
    char buf[WORDS_SIZE], const struct clock_action *, const char *micro);
#endif
