#ifndef REPORT_SENTENCE_H
#define REPORT_SENTENCE_H

struct outcome;
struct style;

#define SENTENCE_SIZE 768

/*
 * "local clock is 1.25 ms behind, +/- 0.8 ms; 2 of 3 servers that answered
 * agree", or why it is not known; "" if nobody was asked.  Returns buf.
 */
const char *sentence_verdict(
    char buf[SENTENCE_SIZE], const struct outcome *, const struct style *);

/* "stepped forward 1.25 ms"; "" if nothing was to be done.  Returns buf. */
const char *sentence_action(
    char buf[SENTENCE_SIZE], const struct outcome *, const struct style *);
#endif
