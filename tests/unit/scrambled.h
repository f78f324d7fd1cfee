#ifndef TESTS_SCRAMBLED_H
#define TESTS_SCRAMBLED_H

#include <stdint.h>

/* Numbers that look random and are the same in every run (xorshift64). */
static inline uint64_t
scrambled(void)
{
	static uint64_t x = UINT64_C(88172645463325252);

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}
#endif
