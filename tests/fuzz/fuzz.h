#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/*
 * What every fuzzer shares.  A fuzzer is one function that makes of any bytes a
 * call of the program's own code, and says what must hold of the outcome.
 *
 * Built with libFuzzer it is given ever new bytes; built with replay.c those of
 * the files it is told.
 */

#include <stddef.h>
#include <stdint.h>

struct servers;

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define HOLDS(cond)                                                            \
	do {                                                                   \
		if (!(cond))                                                   \
			fuzz_broken(__FILE__, __LINE__, #cond);                \
	} while (0)

_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/*
 * One input.  The program leaves much of its memory to its own end; what was
 * taken between the two is given back by fuzz_end.
 */
void fuzz_begin(void);
void fuzz_end(void);

/*
 * The bytes as a string, up to the first NUL, in memory of its own, so that
 * reading past its end shows; between fuzz_begin and fuzz_end.
 */
char *fuzz_text(const uint8_t *, size_t);

/* What must hold of all servers that anybody named. */
void fuzz_servers(const struct servers *);
#endif
