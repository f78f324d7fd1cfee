/*
 * A bounded reader and a bounded writer of bytes.
 *
 * Every byte that comes from outside goes through the reader: it cannot read
 * past the end, and it does not need to be asked after each field.
 */

#include "base/buf.h"

struct reader
reader_of(const void *bytes, size_t n)
{
	return (struct reader){ bytes, n, false };
}

static uint64_t
take(struct reader *r, size_t n)
{
	uint64_t v = 0;

	if (r->bad || r->left < n) {
		r->bad = true;
		return 0;
	}
	r->left -= n;
	for (; n > 0; n--)
		v = v << 8 | *r->at++;
	return v;
}

uint8_t
read_u8(struct reader *r)
{
	return (uint8_t)take(r, 1);
}

uint16_t
read_u16(struct reader *r)
{
	return (uint16_t)take(r, 2);
}

uint32_t
read_u32(struct reader *r)
{
	return (uint32_t)take(r, 4);
}

uint64_t
read_u64(struct reader *r)
{
	return take(r, 8);
}

void
read_skip(struct reader *r, size_t n)
{
	if (r->bad || r->left < n) {
		r->bad = true;
		return;
	}
	r->at += n;
	r->left -= n;
}

struct writer
writer_of(void *bytes, size_t n)
{
	return (struct writer){ bytes, n, false };
}

static void
put(struct writer *w, uint64_t v, size_t n)
{
	if (w->bad || w->left < n) {
		w->bad = true;
		return;
	}
	w->left -= n;
	for (; n > 0; n--)
		*w->at++ = (uint8_t)(v >> 8 * (n - 1));
}

void
write_u8(struct writer *w, uint8_t v)
{
	put(w, v, 1);
}

void
write_u32(struct writer *w, uint32_t v)
{
	put(w, v, 4);
}

void
write_u64(struct writer *w, uint64_t v)
{
	put(w, v, 8);
}
