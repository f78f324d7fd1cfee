#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include <stddef.h>
#include <stdint.h>

/*
 * Makes of an input the only files that there are, until world_end: each begins
 * with a line "=== /its/path" and ends where the next one begins.  Beside them
 * there are /dev/null, /dev/zero, and /forbidden/, which may not be looked
 * into.  Who has a file /daemons/NAME has that daemon running.
 */
void world_begin(const uint8_t *, size_t);

/* Or the bytes, whatever they are, as the only file. */
void world_begin_with(const char *path, const uint8_t *, size_t);

void world_end(void);

/* The path of the first file, or NULL. */
const char *world_first(void);

/* Takes away all files below a folder. */
void world_hide(const char *folder);
#endif
