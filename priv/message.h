#ifndef PRIV_MESSAGE_H
#define PRIV_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct ask;
struct measurement;
struct verify_limits;

/* A measurement as bytes, on the heap. */
struct message {
	uint8_t *bytes;
	size_t size;
};

/* Puts a measurement into bytes, which the caller frees; -1: no memory. */
int message_write(struct message *, const struct measurement *,
    const struct ask *) __attribute__((warn_unused_result));

/*
 * The largest message that a measurement of these servers can come to, in
 * bytes: more than a size_t holds where that has 32 bits.
 */
uint64_t message_max(const struct ask *);

/*
 * The way back.  Every field is checked, since who wrote it talked to
 * strangers: NULL, or what is wrong, and then *m is empty.  What only matters
 * while a measurement runs does not travel, nor when it was: that is known.
 */
const char *message_read(struct measurement *m, const struct message *,
    const struct verify_limits *) __attribute__((warn_unused_result));

/* Frees what was read. */
void message_forget(struct measurement *);
#endif
