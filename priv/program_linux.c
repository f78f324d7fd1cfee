/*
 * A filter of system calls, as the kernel wants it written.
 *
 * It is written from its end: leaps only lead onwards, so where to is known.
 */

#include "priv/program_linux.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#define X32_BIT 0x40000000U /* x86_64's calls of another kind */

/*
 * Puts an instruction before all others.  A place is how many there are from it
 * to the end, itself among them.
 */
static size_t
put(struct program *p, unsigned code, unsigned k, size_t yes, size_t no)
{
	size_t n = p->n++;

	assert(n < PROGRAM_MAX); /* so a leap has 8 bits */
	p->code[PROGRAM_MAX - 1 - n] = (struct sock_filter){ (uint16_t)code,
		(uint8_t)(n - yes), (uint8_t)(n - no), k };
	return p->n;
}

/* One that leads to no other but the next. */
static size_t
put_plain(struct program *p, unsigned code, unsigned k)
{
	return put(p, code, k, p->n, p->n);
}

static size_t
put_load(struct program *p, size_t offset)
{
	return put_plain(p, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset);
}

static size_t
put_answer(struct program *p, unsigned answer)
{
	return put_plain(p, BPF_RET | BPF_K, answer);
}

/* Where condition holds, on to yes. */
static size_t
put_leap(
    struct program *p, unsigned condition, unsigned k, size_t yes, size_t no)
{
	return put(p, BPF_JMP | condition | BPF_K, k, yes, no);
}

/* ---- this kind of machine ---- */

static bool
is_little_endian(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

extern const uint16_t __ehdr_start[] __attribute__((visibility("hidden")));

/* What the kernel calls the kind of machine this program was built for. */
static uint32_t
this_machine(void)
{
	uint32_t machine = __ehdr_start[EI_NIDENT / 2 + 1]; /* e_machine */

	if (sizeof(long) == 8)
		machine |= __AUDIT_ARCH_64BIT;
	if (is_little_endian())
		machine |= __AUDIT_ARCH_LE;
	return machine;
}

/* The lower half of an argument. */
static size_t
put_load_arg(struct program *p, unsigned i)
{
	if (i == PROGRAM_CLONE_FLAGS)
		i = this_machine() == AUDIT_ARCH_S390X ? 1 : 0;
	return put_load(p, offsetof(struct seccomp_data, args) +
			       i * sizeof(uint64_t) +
			       (is_little_endian() ? 0 : sizeof(uint32_t)));
}

/* ---- rules ---- */

/* The rule for this call, or on to the rest; a number of no call has none. */
static size_t
put_rule(struct program *p, unsigned nr, size_t rule, size_t rest)
{
	return nr == PROGRAM_NOWHERE ? rest
				     : put_leap(p, BPF_JEQ, nr, rule, rest);
}

/* Refused, or on to the next. */
static size_t
put_doubt(
    struct program *p, const struct doubt *doubt, size_t next, size_t refuse)
{
	bool allow = doubt->values_mean == ALLOW;
	size_t at = allow ? refuse : next;
	unsigned i;

	for (i = doubt->n; i-- > 0;)
		at = put_leap(
		    p, BPF_JEQ, doubt->values[i], allow ? next : refuse, at);
	if (doubt->mask != ~0U)
		put_plain(p, BPF_ALU | BPF_AND | BPF_K, doubt->mask);
	return put_load_arg(p, doubt->arg);
}

/*
 * The kernel would try a new filter with every call there is, one after the
 * other, to know which are always let go; that takes longer than to ask it in
 * each call of a run.  It gives up where it meets TAX, which is there for that
 * alone.
 */
static void
put_start(struct program *p, size_t refuse)
{
	size_t ours;

	put_leap(p, BPF_JGE, X32_BIT, refuse, p->n);
	put_plain(p, BPF_MISC | BPF_TAX, 0);
	ours = put_load(p, offsetof(struct seccomp_data, nr));
	put_leap(p, BPF_JEQ, this_machine(), ours, refuse);
	put_load(p, offsetof(struct seccomp_data, arch));
}

void
program_write(struct program *p, const unsigned *refused, size_t nrefused,
    unsigned unknown, const struct doubt *doubts, size_t ndoubts)
{
	size_t i, enosys, refuse, allow, rest, doubt;

	p->n = 0;
	enosys = put_answer(p, SECCOMP_RET_ERRNO | ENOSYS);
	refuse = put_answer(p, SECCOMP_RET_ERRNO | EPERM);
	allow = put_answer(p, SECCOMP_RET_ALLOW);
	rest = put_rule(p, unknown, enosys, allow);
	for (doubt = allow, i = ndoubts; i-- > 0;) {
		if (doubts[i].nr == PROGRAM_NOWHERE)
			continue;
		doubt = put_doubt(p, &doubts[i], doubt, refuse);
		if (i > 0 && doubts[i - 1].nr == doubts[i].nr)
			continue;
		rest = put_leap(p, BPF_JEQ, doubts[i].nr, doubt, rest);
		doubt = allow;
	}
	for (i = 0; i < nrefused; i++)
		rest = put_rule(p, refused[i], refuse, rest);
	put_start(p, refuse);
}
