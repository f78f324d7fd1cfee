/*
 * A fuzzer without libFuzzer: gives it the bytes of the files that are named,
 * one file after the other, and tells how many there were.
 */

#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1 << 20)

static void
replay(const char *path)
{
	static uint8_t buf[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	uint8_t *bytes;
	size_t n, i;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	if ((bytes = malloc(n)) == NULL && n > 0)
		abort();
	for (i = 0; i < n; i++)
		bytes[i] = buf[i]; /* reading past these shows */
	printf("%s\n", path);
	fflush(stdout); /* the last one told is the one to blame */
	LLVMFuzzerTestOneInput(bytes, n);
	free(bytes);
}

int
main(int argc, char **argv)
{
	int i;

	if (freopen("/dev/null", "w", stderr) == NULL)
		return 2;
	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return argc < 2;
}
