/*
 * The letters of texts that anybody may have chosen: which of their bytes are
 * UTF-8 (RFC 3629), and which letters a terminal would take for a command.
 */

#include "report/letters.h"

/* So many bytes a letter takes that begins with this one; 0: none does. */
static size_t
size_by(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Longer than it must be, half of a pair, or beyond the last. */
static bool
is_forbidden(const struct letter *l)
{
	return (l->size == 3 && l->code < 0x800) ||
	       (l->size == 4 && l->code < 0x10000) ||
	       (l->code >= 0xd800 && l->code <= 0xdfff) || l->code > 0x10ffff;
}

/* False when the bytes are no letter. */
static bool
decode(struct letter *l, const unsigned char *p)
{
	size_t i;

	l->code = l->size == 1 ? *p : *p & (0x7fU >> l->size);
	for (i = 1; i < l->size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return false;
		l->code = l->code << 6 | (p[i] & 0x3f);
	}
	return l->size > 0 && !is_forbidden(l);
}

struct letter
letter_at(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	struct letter l = { .size = size_by(*p) };

	if (!decode(&l, p))
		return (struct letter){ .code = 0xfffd, .size = 1 };
	l.plain = l.code >= ' ' && (l.code < 0x7f || l.code > 0x9f);
	return l;
}
