#ifndef PRIV_PROGRAM_LINUX_H
#define PRIV_PROGRAM_LINUX_H

#include <linux/filter.h>
#include <stddef.h>

#define PROGRAM_MAX         256
#define PROGRAM_NOWHERE     0xffffffffU /* the number of no call */
#define PROGRAM_CLONE_FLAGS 0xffU /* the argument of clone that holds flags */

/* What the values of a doubt mean. */
enum judgement { ALLOW, REFUSE };

/*
 * A call about which an argument decides: with the bits of mask it is one of n
 * values, or not.  Several doubts about one call follow one another, and all
 * must be overcome.
 */
struct doubt {
	unsigned nr, arg;
	enum judgement values_mean;
	unsigned mask, n, values[4];
};

/* A filter of seccomp(2), as a program of classic BPF: the last n of code. */
struct program {
	struct sock_filter code[PROGRAM_MAX];
	size_t n;
};

/*
 * Writes the filter that answers EPERM to the calls that are refused, ENOSYS to
 * the one that is to be unknown, and lets go all others about which there is no
 * doubt; on this kind of machine only.
 */
void program_write(struct program *, const unsigned *refused, size_t nrefused,
    unsigned unknown, const struct doubt *, size_t ndoubts);
#endif
