/*
 * System calls that are forbidden, as a filter of Linux's seccomp.
 *
 * The filter sees a call's number and the values it was given, not what they
 * point to.  So calls that hide what they do behind a pointer or a queue
 * (openat2, io_uring, clone3) are forbidden altogether; clone3 fails as if the
 * kernel were too old for it, since the C library then uses clone.
 */

#include "priv/filter_linux.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Not all machines have these. */
#define NOWHERE 0xffffffffU /* no call's number */
#ifndef __NR_accept
#define __NR_accept NOWHERE
#endif
#ifndef __NR_socketcall
#define __NR_socketcall NOWHERE
#endif
#ifndef __NR_chmod
#define __NR_chmod NOWHERE
#endif
#ifndef __NR_clock_settime
#define __NR_clock_settime NOWHERE
#endif
#ifndef __NR_settimeofday
#define __NR_settimeofday NOWHERE
#endif
#ifndef __NR_stime
#define __NR_stime NOWHERE
#endif
#ifndef __NR_fork
#define __NR_fork NOWHERE
#endif
#ifndef __NR_vfork
#define __NR_vfork NOWHERE
#endif

/* Newer calls have the same number everywhere; old headers do not know it. */
enum {
	CLOCK_SETTIME64 = __NR_Linux + 404,
	CLOCK_ADJTIME64 = __NR_Linux + 405,
	PIDFD_SEND_SIGNAL = __NR_Linux + 424,
	IO_URING_SETUP = __NR_Linux + 425,
	IO_URING_ENTER = __NR_Linux + 426,
	IO_URING_REGISTER = __NR_Linux + 427,
	OPEN_TREE = __NR_Linux + 428,
	MOVE_MOUNT = __NR_Linux + 429,
	FSOPEN = __NR_Linux + 430,
	FSCONFIG = __NR_Linux + 431,
	FSMOUNT = __NR_Linux + 432,
	FSPICK = __NR_Linux + 433,
	PIDFD_OPEN = __NR_Linux + 434,
	CLONE3 = __NR_Linux + 435,
	OPENAT2 = __NR_Linux + 437,
	PIDFD_GETFD = __NR_Linux + 438,
	MOUNT_SETATTR = __NR_Linux + 442,
	FCHMODAT2 = __NR_Linux + 452,
	SETXATTRAT = __NR_Linux + 463
};

/* What becomes of a call. */
enum answer {
	REFUSED,        /* EPERM */
	UNKNOWN,        /* ENOSYS, as an older kernel would say */
	BY_FLAGS,       /* of clone: threads, and nothing else */
	BY_REQUEST,     /* of ioctl */
	BY_SOCKET_CALL, /* of what was one call for all of them */
};

struct rule {
	unsigned nr;
	enum answer answer;
};

static const unsigned refused[] = {
	/* other programs, other processes */
	__NR_execve, __NR_execveat, __NR_fork, __NR_vfork, __NR_ptrace,
	__NR_process_vm_readv, __NR_process_vm_writev, __NR_kill, __NR_tkill,
	__NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, PIDFD_OPEN,
	PIDFD_SEND_SIGNAL, PIDFD_GETFD,
	/* what Landlock lets an owner do */
	__NR_chmod, __NR_fchmod, __NR_fchmodat, FCHMODAT2, __NR_setxattr,
	__NR_lsetxattr, __NR_fsetxattr, SETXATTRAT,
	/* the clock */
	__NR_clock_settime, CLOCK_SETTIME64, __NR_settimeofday, __NR_stime,
	__NR_adjtimex, __NR_clock_adjtime, CLOCK_ADJTIME64,
	/* another view of the files */
	__NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, OPEN_TREE,
	MOVE_MOUNT, FSOPEN, FSCONFIG, FSMOUNT, FSPICK, MOUNT_SETATTR,
	__NR_unshare, __NR_setns,
	/* the kernel itself */
	__NR_init_module, __NR_finit_module, __NR_delete_module, __NR_bpf,
	__NR_perf_event_open, __NR_keyctl, __NR_add_key, __NR_request_key,
	/* ways around this filter */
	IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER, OPENAT2,
	/* nobody comes to us */
	__NR_listen, __NR_accept, __NR_accept4
};

#define NREFUSED (sizeof(refused) / sizeof(refused[0]))

static const struct rule others[] = {
	{ CLONE3, UNKNOWN },
	{ __NR_clone, BY_FLAGS },
	{ __NR_ioctl, BY_REQUEST },
	{ __NR_socketcall, BY_SOCKET_CALL },
};

#define NOTHERS (sizeof(others) / sizeof(others[0]))
#define NRULES  (NREFUSED + NOTHERS)

/* What a terminal would take as typed, or as a command to it. */
static const unsigned requests[] = { TIOCSTI, TIOCLINUX };

/* listen, accept and accept4, by their numbers in socketcall(). */
static const unsigned socket_calls[] = { 4, 5, 18 };

#define LEAF       3           /* so few are tried one by one */
#define X32_BIT    0x40000000U /* x86_64's calls of another kind */
#define NAMESPACES 0x7e020080U /* CLONE_NEWUSER and its like */
#define THREAD     0x00010000U /* CLONE_THREAD */

/* A filter that is being written; leaps are filled in when it is known where
 * to.
 */
struct program {
	struct sock_filter code[256];
	unsigned short n;
	struct {
		unsigned short from;
		enum answer to;
	} leaps[NRULES + 1];
	unsigned nleaps;
};

/* A leaf for each, a fork for each but one, and the rest. */
_Static_assert(3 * NRULES + 40 <= 256, "a filter has no room for its rules");

static void
put(struct program *p, unsigned code, unsigned k, unsigned yes, unsigned no)
{
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

/* Where the condition holds, the answer is that one. */
static void
leap(struct program *p, unsigned condition, unsigned k, enum answer to)
{
	p->leaps[p->nleaps].from = p->n;
	p->leaps[p->nleaps++].to = to;
	put(p, BPF_JMP | condition | BPF_K, k, 0, 0);
}

static bool
is_little_endian(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

/* The lower half of an argument. */
static void
load_arg(struct program *p, unsigned i)
{
	load(p, offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) +
		    (is_little_endian() ? 0 : sizeof(uint32_t)));
}

/* The answers that follow one another begin here; the last is EPERM. */
static void
arrive(struct program *p, enum answer at)
{
	unsigned i;

	for (i = 0; i < p->nleaps; i++)
		if (p->leaps[i].to == at)
			p->code[p->leaps[i].from].jt =
			    (uint8_t)(p->n - p->leaps[i].from - 1);
}

/* By one argument: these values are refused. */
static void
judge(struct program *p, unsigned arg, const unsigned *values, unsigned n)
{
	unsigned i;

	load_arg(p, arg);
	for (i = 0; i < n; i++)
		put(p, BPF_JMP | BPF_JEQ | BPF_K, values[i], n - i, 0);
	allow(p);
	fail(p, EPERM);
}

static void
put_answers(struct program *p, uint32_t machine)
{
	arrive(p, BY_FLAGS);
	load_arg(p, machine == AUDIT_ARCH_S390X ? 1 : 0);
	put(p, BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 2, 0);
	put(p, BPF_JMP | BPF_JSET | BPF_K, THREAD, 0, 1);
	allow(p);
	fail(p, EPERM);
	arrive(p, BY_REQUEST);
	judge(p, 1, requests, sizeof(requests) / sizeof(requests[0]));
	arrive(p, BY_SOCKET_CALL);
	judge(
	    p, 0, socket_calls, sizeof(socket_calls) / sizeof(socket_calls[0]));
	arrive(p, UNKNOWN);
	fail(p, ENOSYS);
	arrive(p, REFUSED);
	fail(p, EPERM);
}

/* Puts one more into a sorted list; what this machine lacks comes last. */
static void
insert(struct rule *list, size_t n, struct rule rule)
{
	for (; n > 0 && list[n - 1].nr > rule.nr; n--)
		list[n] = list[n - 1];
	list[n] = rule;
}

/*
 * Leaps for the calls of a sorted list; all others are let go.  By halves: the
 * kernel tries a new filter with every call there is, one after the other, and
 * along a plain list that alone would take a tenth of a run.
 */
static void
put_rules(struct program *p, const struct rule *list, size_t n)
{
	unsigned short fork;
	size_t i;

	if (n <= LEAF) {
		for (i = 0; i < n; i++)
			leap(p, BPF_JEQ, list[i].nr, list[i].answer);
		allow(p);
		return;
	}
	fork = p->n;
	put(p, BPF_JMP | BPF_JGE | BPF_K, list[n / 2].nr, 0, 0);
	put_rules(p, list, n / 2);
	p->code[fork].jt = (uint8_t)(p->n - fork - 1);
	put_rules(p, list + n / 2, n - n / 2);
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

static void
write_filter(struct program *p)
{
	uint32_t machine = this_machine();
	struct rule list[NRULES] = { 0 };
	size_t i;

	p->n = 0;
	p->nleaps = 0;
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
	fail(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
	leap(p, BPF_JSET, X32_BIT, REFUSED);
	for (i = 0; i < NREFUSED; i++)
		insert(list, i, (struct rule){ refused[i], REFUSED });
	for (; i < NRULES; i++)
		insert(list, i, others[i - NREFUSED]);
	put_rules(p, list, NRULES);
	put_answers(p, machine);
}

int
filter_install(void)
{
	struct program p;
	struct sock_fprog prog = { .filter = p.code };

	write_filter(&p);
	prog.len = p.n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}
