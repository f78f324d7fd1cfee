#ifndef REPORT_LETTERS_H
#define REPORT_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a text of anybody's begins with. */
struct letter {
	uint32_t code; /* U+FFFD for a byte that is no UTF-8 */
	size_t size;   /* its bytes */
	bool plain;    /* may be shown as it is: UTF-8, and no control */
};

/* The first letter of a string that is not empty. */
struct letter letter_at(const char *);
#endif
