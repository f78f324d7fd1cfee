/*
 * System calls that are forbidden, as a filter of Linux's seccomp.
 *
 * The filter sees a call's number and the values it was given, not what they
 * point to.  So calls that hide what they do behind a pointer or a queue
 * (openat2, io_uring, clone3) are forbidden altogether; clone3 fails as if the
 * kernel were too old for it, since the C library then uses clone.
 */

#include "priv/filter_linux.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "priv/program_linux.h"

/* Not all machines have these. */
#define NOWHERE PROGRAM_NOWHERE
#ifndef __NR_accept
#define __NR_accept NOWHERE
#endif
#ifndef __NR_socket
#define __NR_socket NOWHERE
#endif
#ifndef __NR_sendto
#define __NR_sendto NOWHERE
#endif
#ifndef __NR_sendmsg
#define __NR_sendmsg NOWHERE
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
#ifndef __NR_ipc
#define __NR_ipc NOWHERE
#endif
#ifndef __NR_shmget
#define __NR_shmget NOWHERE
#endif
#ifndef __NR_shmat
#define __NR_shmat NOWHERE
#endif
#ifndef __NR_shmctl
#define __NR_shmctl NOWHERE
#endif
#ifndef __NR_msgget
#define __NR_msgget NOWHERE
#endif
#ifndef __NR_msgsnd
#define __NR_msgsnd NOWHERE
#endif
#ifndef __NR_msgrcv
#define __NR_msgrcv NOWHERE
#endif
#ifndef __NR_msgctl
#define __NR_msgctl NOWHERE
#endif
#ifndef __NR_semget
#define __NR_semget NOWHERE
#endif
#ifndef __NR_semop
#define __NR_semop NOWHERE
#endif
#ifndef __NR_semtimedop
#define __NR_semtimedop NOWHERE
#endif
#ifndef __NR_semctl
#define __NR_semctl NOWHERE
#endif
#ifndef __NR_chown
#define __NR_chown NOWHERE
#endif
#ifndef __NR_fchown
#define __NR_fchown NOWHERE
#endif
#ifndef __NR_lchown
#define __NR_lchown NOWHERE
#endif
#ifndef __NR_chown32
#define __NR_chown32 NOWHERE
#endif
#ifndef __NR_fchown32
#define __NR_fchown32 NOWHERE
#endif
#ifndef __NR_lchown32
#define __NR_lchown32 NOWHERE
#endif
#ifndef __NR_utime
#define __NR_utime NOWHERE
#endif
#ifndef __NR_utimes
#define __NR_utimes NOWHERE
#endif
#ifndef __NR_futimesat
#define __NR_futimesat NOWHERE
#endif
#ifndef __NR_utimensat
#define __NR_utimensat NOWHERE
#endif
#ifndef __NR_fcntl
#define __NR_fcntl NOWHERE
#endif
#ifndef __NR_fcntl64
#define __NR_fcntl64 NOWHERE
#endif

/* Newer calls have the same number everywhere; old headers do not know it. */
enum {
	CLOCK_SETTIME64 = __NR_Linux + 404,
	CLOCK_ADJTIME64 = __NR_Linux + 405,
	UTIMENSAT64 = __NR_Linux + 412,
	SEMTIMEDOP64 = __NR_Linux + 420,
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
	PROCESS_MADVISE = __NR_Linux + 440,
	MOUNT_SETATTR = __NR_Linux + 442,
	FCHMODAT2 = __NR_Linux + 452,
	SETXATTRAT = __NR_Linux + 463,
	REMOVEXATTRAT = __NR_Linux + 466,
	FILE_SETATTR = __NR_Linux + 469
};

static const unsigned refused[] = {
	/* other programs, other processes */
	__NR_execve, __NR_execveat, __NR_fork, __NR_vfork, __NR_ptrace,
	__NR_process_vm_readv, __NR_process_vm_writev, __NR_kill, __NR_tkill,
	__NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, PIDFD_OPEN,
	PIDFD_SEND_SIGNAL, PIDFD_GETFD, __NR_setpriority, __NR_ioprio_set,
	__NR_sched_setscheduler, __NR_sched_setparam, __NR_sched_setattr,
	__NR_sched_setaffinity, __NR_migrate_pages, __NR_move_pages,
	PROCESS_MADVISE,
	/* what stays when we have ended */
	__NR_shmget, __NR_shmat, __NR_shmctl, __NR_msgget, __NR_msgsnd,
	__NR_msgrcv, __NR_msgctl, __NR_semget, __NR_semop, __NR_semtimedop,
	SEMTIMEDOP64, __NR_semctl, __NR_ipc, __NR_mq_open, __NR_mq_unlink,
	/* what Landlock lets an owner do */
	__NR_chmod, __NR_fchmod, __NR_fchmodat, FCHMODAT2, __NR_chown,
	__NR_fchown, __NR_lchown, __NR_fchownat, __NR_chown32, __NR_fchown32,
	__NR_lchown32, __NR_utime, __NR_utimes, __NR_futimesat, __NR_utimensat,
	UTIMENSAT64, __NR_setxattr, __NR_lsetxattr, __NR_fsetxattr, SETXATTRAT,
	__NR_removexattr, __NR_lremovexattr, __NR_fremovexattr, REMOVEXATTRAT,
	FILE_SETATTR,
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
	__NR_userfaultfd,
	/* ways around this filter */
	IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER, OPENAT2,
	/* nobody comes to us */
	__NR_listen, __NR_accept, __NR_accept4
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define ALL_BITS      0xffffffffU
#define TYPE_BITS     0xfU        /* of a socket; flags are above them */
#define FASTOPEN      0x20000000U /* MSG_FASTOPEN: connects, unseen by Landlock */
#define NAMESPACES    0x7e020080U               /* CLONE_NEWUSER and its like */
#define THREAD        0x00010000U               /* CLONE_THREAD */
#define ENABLE_VERITY _IOW('f', 133, char[128]) /* FS_IOC_ENABLE_VERITY */

/*
 * Of sockets, those that Landlock judges and those of the name service: MPTCP
 * and SCTP are TCP to it no more.  socketcall hides its arguments; listen,
 * accept and accept4 are 4, 5 and 18 of it.
 */
static const struct doubt doubts[] = {
	{ __NR_clone, PROGRAM_CLONE_FLAGS, ALLOW, NAMESPACES | THREAD, 1,
	    { THREAD } },
	{ __NR_prlimit64, 0, ALLOW, ALL_BITS, 1, { 0 } },
	{ __NR_prctl, 0, REFUSE, ALL_BITS, 2,
	    { PR_SET_DUMPABLE, PR_SET_PDEATHSIG } },
	{ __NR_ioctl, 1, REFUSE, ALL_BITS, 4,
	    { TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP } },
	{ __NR_ioctl, 1, REFUSE, ALL_BITS, 4,
	    { FS_IOC_SETFLAGS, FS_IOC_SETVERSION, FS_IOC_FSSETXATTR,
		ENABLE_VERITY } },
	{ __NR_fcntl, 1, REFUSE, ALL_BITS, 3,
	    { F_SETOWN, F_SETOWN_EX, F_SETSIG } },
	{ __NR_fcntl64, 1, REFUSE, ALL_BITS, 3,
	    { F_SETOWN, F_SETOWN_EX, F_SETSIG } },
	{ __NR_sendto, 3, REFUSE, FASTOPEN, 1, { FASTOPEN } },
	{ __NR_sendmsg, 2, REFUSE, FASTOPEN, 1, { FASTOPEN } },
	{ __NR_sendmmsg, 3, REFUSE, FASTOPEN, 1, { FASTOPEN } },
	{ __NR_socketcall, 0, REFUSE, ALL_BITS, 3, { 4, 5, 18 } },
	{ __NR_socket, 1, ALLOW, TYPE_BITS, 3,
	    { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW } },
	{ __NR_socket, 2, ALLOW, ALL_BITS, 3, { 0, IPPROTO_TCP, IPPROTO_UDP } },
	{ __NR_socket, 0, ALLOW, ALL_BITS, 4,
	    { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX } },
};

#define LAST (LENGTH(doubts) - 1)

int
filter_install(bool local)
{
	struct doubt ours[LENGTH(doubts)];
	struct program p;
	struct sock_fprog prog;

	memcpy(ours, doubts, sizeof(ours));
	if (!local)
		ours[LAST].n--; /* AF_UNIX */
	program_write(&p, refused, LENGTH(refused), CLONE3, ours, LENGTH(ours));
	prog.len = (unsigned short)p.n;
	prog.filter = p.code + PROGRAM_MAX - p.n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}
