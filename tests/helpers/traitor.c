/*
 * Turns the measuring child against its parent, as whoever took it over might:
 * when it is about to send its message, it does what $TRAITOR says.
 *
 * byte:N:V (one byte is another), flip:N (all bits of one), cut:N (only so
 * many), more:N (so many behind it), zero:N (nothing but that many zeros), talk
 * (terminal commands first, on the standard error), flood (talks for ever),
 * hang (sends it and stays), leave (ends its message without one, and stays),
 * breed (has a child that says so), crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_FD 3

static pid_t parent;

__attribute__((constructor)) static void
begin(void)
{
	parent = getpid();
}

static ssize_t
really_write(int fd, const void *bytes, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	return real(fd, bytes, n);
}

static void
send_zeros(long n)
{
	static const char zeros[4096];

	for (; n > 0; n -= (long)sizeof(zeros))
		if (really_write(MESSAGE_FD, zeros,
			n < (long)sizeof(zeros) ? (size_t)n : sizeof(zeros)) ==
		    -1)
			break;
}

static void
stay(void)
{
	for (;;)
		pause();
}

static void
talk(void)
{
	static const char words[] = "\033]0;owned\a\r\033[2J%s%n\x9b"
				    "0m\n";

	really_write(STDERR_FILENO, words, sizeof(words) - 1);
}

/* What it does instead of, or before, sending n bytes; what is left to send. */
static size_t
betray(unsigned char *bytes, size_t n)
{
	const char *how = getenv("TRAITOR");
	long at = 0, value = 0;

	if (sscanf(how, "byte:%ld:%li", &at, &value) == 2 && (size_t)at < n)
		bytes[at] = (unsigned char)value;
	else if (sscanf(how, "flip:%ld", &at) == 1 && (size_t)at < n)
		bytes[at] ^= 0xff;
	else if (sscanf(how, "cut:%ld", &at) == 1)
		n = (size_t)at < n ? (size_t)at : n;
	else if (sscanf(how, "more:%ld", &at) == 1)
		really_write(MESSAGE_FD, bytes, n);
	else if (sscanf(how, "zero:%ld", &at) == 1)
		n = 0;
	if (strncmp(how, "more", 4) == 0 || strncmp(how, "zero", 4) == 0) {
		send_zeros(at);
		n = 0;
	}
	if (strcmp(how, "breed") == 0 && fork() == 0) {
		really_write(STDERR_FILENO, "bred\n", 5);
		_exit(0);
	}
	if (strcmp(how, "crash") == 0)
		__builtin_trap(); /* it may send itself no signal */
	if (strcmp(how, "talk") == 0)
		talk();
	while (strcmp(how, "flood") == 0)
		talk();
	if (strcmp(how, "leave") == 0) {
		close(MESSAGE_FD);
		stay();
	}
	return n;
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
	unsigned char *copy;
	size_t left;

	if (fd != MESSAGE_FD || getpid() == parent ||
	    getenv("TRAITOR") == NULL || (copy = malloc(n)) == NULL)
		return really_write(fd, bytes, n);
	memcpy(copy, bytes, n);
	left = betray(copy, n);
	if (left > 0)
		really_write(fd, copy, left);
	if (strcmp(getenv("TRAITOR"), "hang") == 0)
		stay();
	free(copy);
	return (ssize_t)n;
}
