#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Foreign bytes, read from the front.  Reading past the end yields zero and
 * sets bad, for good: read all that is expected, then ask once.  Numbers are
 * big-endian, as on the wire.
 */
struct reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

struct reader reader_of(const void *, size_t);
uint8_t read_u8(struct reader *);
uint16_t read_u16(struct reader *);
uint32_t read_u32(struct reader *);
uint64_t read_u64(struct reader *);
void read_skip(struct reader *, size_t);

/* The same for writing; a write that does not fit sets bad. */
struct writer {
	uint8_t *at;
	size_t left;
	bool bad;
};

struct writer writer_of(void *, size_t);
void write_u8(struct writer *, uint8_t);
void write_u32(struct writer *, uint32_t);
void write_u64(struct writer *, uint64_t);
#endif
