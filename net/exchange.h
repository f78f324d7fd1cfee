#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

struct ask;
struct measurement;

/*
 * Asks all servers and gathers what they say, until the answer is settled,
 * everybody has been heard or the deadline has come.  Fills in *m, which the
 * caller owns.  Returns -1 with errno when there is no memory or poll() fails.
 */
int exchange(struct measurement *m, const struct ask *)
    __attribute__((warn_unused_result));
#endif
