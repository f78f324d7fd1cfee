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
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Not all machines have these; -1 is no call's number. */
#ifndef __NR_accept
#define __NR_accept -1
#endif
#ifndef __NR_socketcall
#define __NR_socketcall -1
#endif
#ifndef __NR_stime
#define __NR_stime -1
#endif
#ifndef __NR_kexec_file_load
#define __NR_kexec_file_load -1
#endif

/* Newer calls have the same number everywhere; old headers do not know it. */
enum {
	CLOCK_SETTIME64 = 404,
	CLOCK_ADJTIME64 = 405,
	PIDFD_SEND_SIGNAL = 424,
	IO_URING_SETUP = 425,
	IO_URING_ENTER = 426,
	IO_URING_REGISTER = 427,
	OPEN_TREE = 428,
	MOVE_MOUNT = 429,
	FSOPEN = 430,
	FSCONFIG = 431,
	FSMOUNT = 432,
	FSPICK = 433,
	PIDFD_OPEN = 434,
	CLONE3 = 435,
	OPENAT2 = 437,
	PIDFD_GETFD = 438,
	MOUNT_SETATTR = 442
};

static const int forbidden[] = {
	/* other programs, other processes */
	__NR_execve, __NR_execveat, __NR_ptrace, __NR_process_vm_readv,
	__NR_process_vm_writev, __NR_kill, PIDFD_OPEN, PIDFD_SEND_SIGNAL,
	PIDFD_GETFD,
	/* the clock */
	__NR_clock_settime, CLOCK_SETTIME64, __NR_settimeofday, __NR_stime,
	__NR_adjtimex, __NR_clock_adjtime, CLOCK_ADJTIME64,
	/* another view of the files */
	__NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, OPEN_TREE,
	MOVE_MOUNT, FSOPEN, FSCONFIG, FSMOUNT, FSPICK, MOUNT_SETATTR,
	__NR_unshare, __NR_setns,
	/* the kernel itself */
	__NR_init_module, __NR_finit_module, __NR_delete_module,
	__NR_kexec_load, __NR_kexec_file_load, __NR_reboot, __NR_swapon,
	__NR_swapoff, __NR_bpf, __NR_perf_event_open, __NR_keyctl, __NR_add_key,
	__NR_request_key,
	/* ways around this filter */
	IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER, OPENAT2,
	/* nobody comes to us */
	__NR_listen, __NR_accept, __NR_accept4
};

#define NFORBIDDEN (sizeof(forbidden) / sizeof(forbidden[0]))

/* Of socketcall(): these are the same three. */
static const int forbidden_socketcalls[] = { 4, 5, 18 };

/* What a terminal would take as typed, or as a command to it. */
static const int forbidden_ioctls[] = { TIOCSTI, TIOCLINUX };

#define LEAF       3           /* so few are tried one by one */
#define X32_BIT    0x40000000U /* x86_64's calls of another kind */
#define NAMESPACES 0x7e020080U /* CLONE_NEWUSER and its like */

/* A filter that is being written. */
struct program {
	struct sock_filter code[256];
	unsigned short n;
};

static void
put(struct program *p, unsigned code, unsigned k, unsigned yes, unsigned no)
{
	p->code[p->n++] = (struct sock_filter){ (uint16_t)code, (uint8_t)yes,
		(uint8_t)no, k };
}

static void
answer(struct program *p, int error)
{
	put(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error, 0, 0);
}

static void
load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

/* The lower half of an argument; where it is depends on the machine. */
static void
load_arg(struct program *p, unsigned i)
{
	const uint16_t one = 1;
	size_t half = *(const uint8_t *)&one == 1 ? 0 : sizeof(uint32_t);

	load(p,
	    offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) + half);
}

static void
refuse(struct program *p, unsigned value, int error)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	answer(p, error);
}

/* For the call nr: what was loaded next decides, then the number again. */
static void
refuse_values(
    struct program *p, int nr, unsigned arg, const int *values, unsigned n)
{
	unsigned i;

	put(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 2 + 2 * n);
	load_arg(p, arg);
	for (i = 0; i < n; i++)
		refuse(p, (unsigned)values[i], EPERM);
	load(p, offsetof(struct seccomp_data, nr));
}

/* Threads, yes; namespaces, in which one is root, no. */
static void
refuse_namespaces(struct program *p, uint32_t machine)
{
	unsigned flags = machine == AUDIT_ARCH_S390X ? 1 : 0;

	put(p, BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4);
	load_arg(p, flags);
	put(p, BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1);
	answer(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
}

extern const uint16_t __ehdr_start[] __attribute__((visibility("hidden")));

/* What the kernel calls the kind of machine this program was built for. */
static uint32_t
this_machine(void)
{
	const uint16_t one = 1;
	uint32_t machine = __ehdr_start[EI_NIDENT / 2 + 1]; /* e_machine */

	if (sizeof(long) == 8)
		machine |= __AUDIT_ARCH_64BIT;
	if (*(const uint8_t *)&one == 1)
		machine |= __AUDIT_ARCH_LE;
	return machine;
}

static int
number_order(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/*
 * Refuses calls of a sorted list, and lets all others go.  By halves: the
 * kernel tries a new filter with every call there is, one after the other, and
 * along a plain list that alone would take a tenth of a run.
 */
static void
refuse_list(struct program *p, const int *list, size_t n)
{
	unsigned short fork;
	size_t i;

	if (n <= LEAF) {
		for (i = 0; i < n; i++)
			refuse(p, (unsigned)list[i], EPERM);
		put(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
		return;
	}
	fork = p->n;
	put(p, BPF_JMP | BPF_JGE | BPF_K, (unsigned)list[n / 2], 0, 0);
	refuse_list(p, list, n / 2);
	p->code[fork].jt = (uint8_t)(p->n - fork - 1);
	refuse_list(p, list + n / 2, n - n / 2);
}

static void
write_filter(struct program *p)
{
	uint32_t machine = this_machine();
	int list[NFORBIDDEN];

	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
	answer(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
	put(p, BPF_JMP | BPF_JSET | BPF_K, X32_BIT, 0, 1);
	answer(p, EPERM);
	refuse(p, CLONE3, ENOSYS);
	refuse_namespaces(p, machine);
	refuse_values(p, __NR_ioctl, 1, forbidden_ioctls, 2);
	refuse_values(p, __NR_socketcall, 0, forbidden_socketcalls, 3);
	memcpy(list, forbidden, sizeof(list));
	qsort(list, NFORBIDDEN, sizeof(list[0]), number_order);
	refuse_list(p, list, NFORBIDDEN);
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
