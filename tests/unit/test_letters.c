/*
 * Letters: every one that there is, and bytes that are none.
 */

#include <string.h>

#include "report/letters.h"
#include "tests/unit/unit.h"

/* As RFC 3629, section 3, draws it. */
static size_t
encode(char text[5], uint32_t code)
{
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	size_t i;

	memset(text, 0, 5);
	for (i = n - 1; i > 0; i--, code >>= 6)
		text[i] = (char)(0x80 | (code & 0x3f));
	text[0] = (char)((n == 1 ? 0 : 0xf00 >> n) | code);
	return n;
}

static void
test_every_letter(void)
{
	uint32_t code;
	struct letter l;
	char text[5];
	size_t n;

	for (code = 1; code <= 0x10ffff; code++) {
		if (code >= 0xd800 && code <= 0xdfff)
			continue; /* halves of pairs */
		n = encode(text, code);
		l = letter_at(text);
		if (l.code != code || l.size != n)
			CHECK_EQ("a letter", l.code, code);
		if (l.plain != (code >= 0x20 && !(code >= 0x7f && code < 0xa0)))
			CHECK_EQ("may be shown", l.plain, !l.plain);
	}
	CHECK_EQ("the last", code, 0x110000);
}

static void
test_no_letters(void)
{
	static const char *const list[] = { "\x80", "\xbf", "\xc0\xaf",
		"\xc1\xbf", "\xc2", "\xc2 ", "\xc2\xc2\xa0", "\xdf\x7f",
		"\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82", "\xe2\x82 ",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
		"\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff" };
	struct letter l;
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		l = letter_at(list[i]);
		CHECK_EQ("one byte at a time", (int64_t)l.size, 1);
		CHECK_EQ("stands for such", l.code, 0xfffd);
		CHECK("is not shown", !l.plain);
	}
}

int
main(void)
{
	test_every_letter();
	test_no_letters();
	UNIT_END();
}
