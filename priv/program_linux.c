/*
 * A filter of system calls, as the kernel wants it written.
 *
 * Numbers are searched by halves: the kernel tries a new filter with every call
 * there is, one after the other, and along a plain list that alone would take a
 * tenth of a run.  What is found there leaps to its answer, behind all that.
 */

#include "priv/program_linux.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#define RULES_MAX 80
#define LEAF      3           /* so few are tried one by one */
#define X32_BIT   0x40000000U /* x86_64's calls of another kind */

/* Answers: a doubt by its index, or one of these. */
#define UNKNOWN 0xfeU
#define REFUSED 0xffU

struct rule {
	unsigned nr, answer;
};

/* While it is written: leaps are filled in when it is known where to. */
struct draft {
	struct program *p;
	struct rule rules[RULES_MAX];
	size_t nrules;
	struct {
		unsigned short from;
		unsigned answer;
	} leaps[RULES_MAX + 1];
	size_t nleaps;
};

static void
put(struct program *p, unsigned code, unsigned k, size_t yes, size_t no)
{
	assert(p->n < PROGRAM_MAX); /* so a leap has 8 bits */
	p->code[p->n++] = (struct sock_filter){ (uint16_t)code, (uint8_t)yes,
		(uint8_t)no, k };
}

static void
load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void
fail(struct program *p, int error)
{
	put(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error, 0, 0);
}

static void
allow(struct program *p)
{
	put(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
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
static void
load_arg(struct program *p, unsigned i)
{
	if (i == PROGRAM_CLONE_FLAGS)
		i = this_machine() == AUDIT_ARCH_S390X ? 1 : 0;
	load(p, offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) +
		    (is_little_endian() ? 0 : sizeof(uint32_t)));
}

/* ---- rules ---- */

/* Into a sorted list; what this machine lacks comes last. */
static void
add_rule(struct draft *d, unsigned nr, unsigned answer)
{
	size_t i;

	assert(d->nrules < RULES_MAX);
	for (i = d->nrules++; i > 0 && d->rules[i - 1].nr > nr; i--)
		d->rules[i] = d->rules[i - 1];
	d->rules[i] = (struct rule){ nr, answer };
}

/* Where the condition holds, the answer is that one. */
static void
leap(struct draft *d, unsigned condition, unsigned k, unsigned answer)
{
	d->leaps[d->nleaps].from = d->p->n;
	d->leaps[d->nleaps++].answer = answer;
	put(d->p, BPF_JMP | condition | BPF_K, k, 0, 0);
}

/* The leaps to an answer come down here. */
static void
arrive(struct draft *d, unsigned answer)
{
	size_t i;

	for (i = 0; i < d->nleaps; i++)
		if (d->leaps[i].answer == answer)
			d->p->code[d->leaps[i].from].jt =
			    (uint8_t)(d->p->n - d->leaps[i].from - 1);
}

static void
put_rules(struct draft *d, const struct rule *rules, size_t n)
{
	unsigned short fork;
	size_t i;

	if (n <= LEAF) {
		for (i = 0; i < n; i++)
			leap(d, BPF_JEQ, rules[i].nr, rules[i].answer);
		allow(d->p);
		return;
	}
	fork = d->p->n;
	put(d->p, BPF_JMP | BPF_JGE | BPF_K, rules[n / 2].nr, 0, 0);
	put_rules(d, rules, n / 2);
	d->p->code[fork].jt = (uint8_t)(d->p->n - fork - 1);
	put_rules(d, rules + n / 2, n - n / 2);
}

/* Refused, or on to what follows. */
static void
put_doubt(struct program *p, const struct doubt *doubt)
{
	bool refuse = doubt->values_mean == REFUSE;
	unsigned i;

	load_arg(p, doubt->arg);
	put(p, BPF_ALU | BPF_AND | BPF_K, doubt->mask, 0, 0);
	for (i = 0; i < doubt->n; i++) /* to behind the next one, or the last */
		put(p, BPF_JMP | BPF_JEQ | BPF_K, doubt->values[i],
		    doubt->n - i, 0);
	if (refuse)
		put(p, BPF_JMP | BPF_JA, 1, 0, 0);
	fail(p, EPERM);
}

static void
put_answers(struct draft *d, const struct doubt *doubts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		arrive(d, (unsigned)i);
		put_doubt(d->p, &doubts[i]);
		if (i + 1 == n || doubts[i + 1].nr != doubts[i].nr)
			allow(d->p);
	}
	arrive(d, UNKNOWN);
	fail(d->p, ENOSYS);
	arrive(d, REFUSED);
	fail(d->p, EPERM);
}

void
program_write(struct program *p, const unsigned *refused, size_t nrefused,
    unsigned unknown, const struct doubt *doubts, size_t ndoubts)
{
	struct draft d = { .p = p };
	size_t i;

	for (i = 0; i < nrefused; i++)
		add_rule(&d, refused[i], REFUSED);
	for (i = 0; i < ndoubts; i++)
		if (i == 0 || doubts[i - 1].nr != doubts[i].nr)
			add_rule(&d, doubts[i].nr, (unsigned)i);
	add_rule(&d, unknown, UNKNOWN);
	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, this_machine(), 1, 0);
	fail(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
	leap(&d, BPF_JSET, X32_BIT, REFUSED);
	put_rules(&d, d.rules, d.nrules);
	put_answers(&d, doubts, ndoubts);
}
