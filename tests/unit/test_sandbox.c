/*
 * The sandbox, tried from inside: whatever it forbids is done, and must fail.
 *
 * Each part runs in a child, since there is no way out.  Numbers of checks that
 * need root, or a kernel that knows more, are told as skipped.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/user.h"
#include "priv/filter_linux.h"
#include "priv/sandbox.h"
#include "tests/unit/unit.h"

#define ANY -1L /* as an argument it makes no sense to any of these calls */

/*
 * Calls by the names of the promise, not of the filter's own table.  The
 * arguments are such that the kernel, unfiltered, would say something else than
 * EPERM to root, and do nothing.
 */
static const struct trip {
	const char *name;
	long nr, args[4];
} trips[] = {
	{ "execve", SYS_execve, { ANY, ANY, ANY } },
	{ "execveat", SYS_execveat, { ANY, ANY, ANY, ANY } },
	{ "ptrace", SYS_ptrace, { PTRACE_CONT, 0x7fffffff } },
	{ "process_vm_readv", SYS_process_vm_readv, { 0x7fffffff } },
	{ "process_vm_writev", SYS_process_vm_writev, { 0x7fffffff } },
	{ "kill", SYS_kill, { 0x7fffffff, 0 } },
	{ "tkill", SYS_tkill, { 0x7fffffff, 0 } },
	{ "tgkill", SYS_tgkill, { 0x7fffffff, 0x7fffffff, 0 } },
	{ "rt_sigqueueinfo", SYS_rt_sigqueueinfo, { 0x7fffffff, 0, ANY } },
	{ "rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo,
	    { 0x7fffffff, 0x7fffffff, 0, ANY } },
	{ "setpriority", SYS_setpriority, { 0, 0x7fffffff, 19 } },
	{ "ioprio_set", SYS_ioprio_set, { 1, 0x7fffffff, 0 } },
	{ "sched_setscheduler", SYS_sched_setscheduler,
	    { 0x7fffffff, 0, ANY } },
	{ "sched_setparam", SYS_sched_setparam, { 0x7fffffff, ANY } },
	{ "sched_setattr", SYS_sched_setattr, { 0x7fffffff, ANY, 0 } },
	{ "sched_setaffinity", SYS_sched_setaffinity, { 0x7fffffff, 0, ANY } },
	{ "migrate_pages", SYS_migrate_pages, { 0x7fffffff, 0, 0, 0 } },
	{ "move_pages", SYS_move_pages, { 0x7fffffff, 0, 0, 0 } },
	{ "process_madvise", 440, { ANY, 0, 0, 0 } },
#ifdef SYS_shmget
	{ "shmget", SYS_shmget, { 1, 0, 0 } },
	{ "msgget", SYS_msgget, { 1, 0 } },
	{ "semget", SYS_semget, { 1, 0, 0 } },
	{ "shmat", SYS_shmat, { ANY, 0, 0 } },
	{ "shmctl", SYS_shmctl, { ANY, 2, ANY } },
	{ "msgsnd", SYS_msgsnd, { ANY, ANY, 1, 0 } },
	{ "msgrcv", SYS_msgrcv, { ANY, ANY, 1, 0 } },
	{ "msgctl", SYS_msgctl, { ANY, 2, ANY } },
	{ "semctl", SYS_semctl, { ANY, 0, 2, ANY } },
#endif
#ifdef SYS_semop
	{ "semop", SYS_semop, { ANY, ANY, 1 } },
	{ "semtimedop", SYS_semtimedop, { ANY, ANY, 1, 0 } },
#endif
#ifdef SYS_ipc
	{ "ipc", SYS_ipc, { 23, 1, 0, 0 } },
#endif
	{ "mq_open", SYS_mq_open, { ANY, 0 } },
	{ "mq_unlink", SYS_mq_unlink, { ANY } },
	{ "userfaultfd", SYS_userfaultfd, { ANY } },
	{ "fchmod", SYS_fchmod, { ANY, 0 } },
	{ "fchmodat", SYS_fchmodat, { ANY, ANY, 0 } },
	{ "fchmodat2", 452, { ANY, ANY, 0, 0 } },
	{ "fchown", SYS_fchown, { ANY, ANY, ANY } },
	{ "fchownat", SYS_fchownat, { ANY, ANY, ANY, ANY } },
#ifdef SYS_chown
	{ "chown", SYS_chown, { ANY, ANY, ANY } },
	{ "lchown", SYS_lchown, { ANY, ANY, ANY } },
	{ "utimes", SYS_utimes, { ANY, ANY } },
#endif
	{ "utimensat", SYS_utimensat, { ANY, ANY, ANY, 0 } },
	{ "setxattr", SYS_setxattr, { ANY, ANY, 0, 0 } },
	{ "removexattr", SYS_removexattr, { ANY, ANY } },
	{ "fremovexattr", SYS_fremovexattr, { ANY, ANY } },
	{ "removexattrat", 466, { ANY, ANY, 0, ANY } },
	{ "file_setattr", 469, { ANY, ANY, ANY, 0 } },
	{ "another's prlimit", SYS_prlimit64, { 0x7fffffff, 0, 0, 0 } },
	{ "dumpable again", SYS_prctl, { PR_SET_DUMPABLE, 1 } },
	{ "to outlive its parent", SYS_prctl, { PR_SET_PDEATHSIG, 0 } },
	{ "MPTCP", SYS_socket, { AF_INET, SOCK_STREAM, 262 } },
	{ "SCTP", SYS_socket, { AF_INET, SOCK_SEQPACKET, 0 } },
	{ "a local service", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } },
	{ "another family", SYS_socket, { AF_VSOCK, SOCK_STREAM, 0 } },
	{ "TCP by sendto", SYS_sendto, { ANY, ANY, 1, 0x20000000 } },
	{ "TCP by sendmsg", SYS_sendmsg, { ANY, ANY, 0x20000000 } },
	{ "TCP by sendmmsg", SYS_sendmmsg, { ANY, ANY, 1, 0x20000000 } },
	{ "clock_settime", SYS_clock_settime, { 0x7fff, ANY } },
	{ "settimeofday", SYS_settimeofday, { ANY, 0 } },
	{ "adjtimex", SYS_adjtimex, { ANY } },
	{ "clock_adjtime", SYS_clock_adjtime, { 0, ANY } },
	{ "mount", SYS_mount, { ANY, ANY, ANY, 0 } },
	{ "umount2", SYS_umount2, { ANY, ANY } },
	{ "pivot_root", SYS_pivot_root, { ANY, ANY } },
	{ "chroot", SYS_chroot, { ANY } },
	{ "open_tree", 428, { ANY, ANY, ANY } },
	{ "move_mount", 429, { ANY, ANY, ANY, ANY } },
	{ "fsopen", 430, { ANY, ANY } },
	{ "fsconfig", 431, { ANY, ANY, ANY, ANY } },
	{ "fsmount", 432, { ANY, ANY, ANY } },
	{ "fspick", 433, { ANY, ANY, ANY } },
	{ "mount_setattr", 442, { ANY, ANY, ANY, ANY } },
	{ "unshare", SYS_unshare, { 1 } },
	{ "setns", SYS_setns, { ANY, 0 } },
	{ "init_module", SYS_init_module, { ANY, 1, ANY } },
	{ "finit_module", SYS_finit_module, { ANY, ANY, ANY } },
	{ "delete_module", SYS_delete_module, { ANY, 0 } },
	{ "bpf", SYS_bpf, { ANY, 0, 0 } },
	{ "perf_event_open", SYS_perf_event_open, { ANY, 0, 0, 0 } },
	{ "keyctl", SYS_keyctl, { ANY } },
	{ "add_key", SYS_add_key, { ANY, ANY, ANY, 0 } },
	{ "request_key", SYS_request_key, { ANY, ANY, ANY, 0 } },
	{ "io_uring_setup", 425, { ANY, ANY } },
	{ "io_uring_enter", 426, { ANY, 0, 0, 0 } },
	{ "io_uring_register", 427, { ANY, ANY, 0, 0 } },
	{ "openat2", 437, { ANY, ANY, ANY, 0 } },
	{ "pidfd_open", 434, { ANY, ANY } },
	{ "pidfd_send_signal", 424, { ANY, 0, 0, 0 } },
	{ "pidfd_getfd", 438, { ANY, ANY, 0 } },
	{ "listen", SYS_listen, { ANY, 0 } },
#ifdef SYS_accept
	{ "accept", SYS_accept, { ANY, 0, 0 } },
#endif
	{ "accept4", SYS_accept4, { ANY, 0, 0, 0 } },
	{ "ioctl TIOCSTI", SYS_ioctl, { ANY, TIOCSTI, 0 } },
	{ "ioctl TIOCLINUX", SYS_ioctl, { ANY, TIOCLINUX, 0 } },
	{ "ioctl FIOSETOWN", SYS_ioctl, { ANY, 0x8901, ANY } },
	{ "ioctl SIOCSPGRP", SYS_ioctl, { ANY, 0x8902, ANY } },
	{ "ioctl FS_IOC_SETFLAGS", SYS_ioctl, { ANY, FS_IOC_SETFLAGS, ANY } },
	{ "ioctl FS_IOC_FSSETXATTR", SYS_ioctl,
	    { ANY, FS_IOC_FSSETXATTR, ANY } },
	{ "fcntl F_SETOWN", SYS_fcntl, { ANY, 8, 1 } },
	{ "fcntl F_SETSIG", SYS_fcntl, { ANY, 10, 9 } },
	{ "fcntl F_SETOWN_EX", SYS_fcntl, { ANY, 15, ANY } },
	{ "a call of x32", 0x40000000 | SYS_getpid, { 0 } },
};

#define NTRIPS (sizeof(trips) / sizeof(trips[0]))

static int
error_of(const struct trip *t)
{
	errno = 0;
	syscall(t->nr, t->args[0], t->args[1], t->args[2], t->args[3], 0, 0);
	return errno;
}

static unsigned skipped;

static void
skip(const char *what)
{
	printf("skipped: %s\n", what);
	skipped++;
}

/* Runs a part where it can do no harm; its checks become ours. */
static void
apart(void (*part)(void))
{
	static unsigned *counts;
	int status = 0;
	pid_t pid;

	if (counts == NULL)
		counts = mmap(NULL, 3 * sizeof(*counts), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fflush(stdout);
	memset(counts, 0, 3 * sizeof(*counts));
	if ((pid = fork()) == 0) {
		unit_checks = unit_failures = skipped = 0;
		part();
		fflush(stdout);
		counts[0] = unit_checks;
		counts[1] = unit_failures;
		counts[2] = skipped;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK("came to its end", status == 0 && counts[0] > 0);
	unit_checks += counts[0];
	unit_failures += counts[1];
	skipped += counts[2];
}

static bool
is_root(void)
{
	return geteuid() == 0;
}

/* ---- the filter alone ---- */

static void
all_trip(void)
{
	int before[NTRIPS];
	size_t i;

	for (i = 0; i < NTRIPS; i++)
		before[i] = error_of(&trips[i]);
	CHECK("no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (filter_install(false) == -1) {
		skip("this kernel has no seccomp filters");
		return;
	}
	for (i = 0; i < NTRIPS; i++) {
		CHECK_EQ(trips[i].name, error_of(&trips[i]), EPERM);
		if (is_root())
			CHECK(trips[i].name, before[i] != EPERM);
	}
	CHECK("clone3", syscall(435, NULL, 0) == -1 && errno == ENOSYS);
	CHECK("others go on", getpid() > 0 && getppid() > 0);
}

static void *
no_work(void *arg)
{
	return arg;
}

/* A thread is made; a child, and another world for it, is not. */
static void
no_children(void)
{
	static const int kinds[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID,
		CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP };
	pthread_t thread;
	size_t i;
	pid_t pid;

	CHECK("no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (filter_install(false) == -1) {
		skip("this kernel has no seccomp filters");
		return;
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
#ifdef __s390x__
		pid = (pid_t)syscall(SYS_clone, 0, kinds[i] | SIGCHLD, 0, 0, 0);
#else
		pid = (pid_t)syscall(SYS_clone, kinds[i] | SIGCHLD, 0, 0, 0, 0);
#endif
		if (pid == 0)
			_exit(0);
		CHECK("clone", pid == -1 && errno == EPERM);
	}
	if ((pid = fork()) == 0) /* it would outlive its parent, and be heard */
		_exit(7);
	CHECK("fork", pid == -1 && errno == EPERM);
#ifdef SYS_fork
	CHECK("fork, the call", syscall(SYS_fork) == -1 && errno == EPERM);
#endif
	CHECK("thread", pthread_create(&thread, NULL, no_work, NULL) == 0 &&
			    pthread_join(thread, NULL) == 0);
}

#ifdef __x86_64__
/* getpid by the gate of 32-bit programs. */
static long
by_other_gate(void)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
	return result;
}

static void
no_other_machine(void)
{
	CHECK("no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (filter_install(false) == -1) {
		skip("this kernel has no seccomp filters");
		return;
	}
	CHECK_EQ("a call of i386", by_other_gate(), -EPERM);
}
#endif

/* ---- all of it ---- */

static struct user nobody;
static int tcp_port;
static char folder[] = "/tmp/ntpsync-sandbox.XXXXXX", victim[64], fresh[64];

static bool
cannot_open(const char *path, int flags, int error)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd != -1)
		close(fd);
	return fd == -1 && errno == error;
}

static int
connect_error(int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), error = 0;

	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		error = errno;
	close(fd);
	return error;
}

static long
landlock_version(void)
{
	return syscall(444, NULL, 0, 1);
}

static void
try_files(bool names)
{
	if (landlock_version() < 1) {
		skip("this kernel has no Landlock");
		return;
	}
	CHECK("write", cannot_open(victim, O_WRONLY, EACCES));
	CHECK("append", cannot_open(victim, O_RDWR | O_APPEND, EACCES));
	CHECK("create", cannot_open(fresh, O_WRONLY | O_CREAT, EACCES));
	CHECK(
	    "read what is no business", cannot_open(victim, O_RDONLY, EACCES));
	CHECK("make a folder", mkdir(fresh, 0700) == -1 && errno == EACCES);
	CHECK("remove", unlink(victim) == -1 && errno == EACCES);
	CHECK("link", symlink("x", fresh) == -1 && errno == EACCES);
	CHECK("list", cannot_open(folder, O_RDONLY | O_DIRECTORY, EACCES));
	CHECK("/etc/shadow", cannot_open("/etc/shadow", O_RDONLY, EACCES));
	if (names)
		CHECK("/etc/passwd",
		    !cannot_open("/etc/passwd", O_RDONLY, EACCES));
	else
		CHECK("/etc/passwd",
		    cannot_open("/etc/passwd", O_RDONLY, EACCES));
	if (landlock_version() < 3)
		skip("this kernel's Landlock lets files be cut");
	else
		CHECK("cut", truncate(victim, 0) == -1 && errno == EACCES);
}

static void
try_network(bool names)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK("listen", listen(fd, 1) == -1 && errno == EPERM);
	if (landlock_version() < 4) {
		skip("this kernel's Landlock does not know TCP");
		close(fd);
		return;
	}
	CHECK("bind",
	    bind(fd, (void *)&sin, sizeof(sin)) == -1 && errno == EACCES);
	CHECK_EQ("TCP to anybody", connect_error(tcp_port), EACCES);
	CHECK_EQ("TCP to a name server", connect_error(53) == EACCES, !names);
	close(fd);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK("UDP", fd != -1 && bind(fd, (void *)&sin, sizeof(sin)) == 0);
	close(fd);
}

static void
try_power(void)
{
	struct timex tx = { .modes = ADJ_TICK };
	char *argv[] = { fresh, NULL };

	CHECK("the clock", adjtimex(&tx) == -1 && errno == EPERM);
	CHECK("exec", execv("/bin/true", argv) == -1 && errno == EPERM);
	CHECK("ptrace",
	    ptrace(PTRACE_ATTACH, getppid(), 0, 0) == -1 && errno == EPERM);
	CHECK("signal", kill(getppid(), 0) == -1 && errno == EPERM);
	CHECK_EQ("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	CHECK_EQ("new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_EQ(
	    "seccomp", prctl(PR_GET_SECCOMP, 0, 0, 0, 0), SECCOMP_MODE_FILTER);
}

static void
try_identity(void)
{
	uid_t ids[3];
	struct rlimit core;

	CHECK("core", getrlimit(RLIMIT_CORE, &core) == 0 &&
			  core.rlim_cur == 0 && core.rlim_max == 0);
	CHECK("root again", setuid(0) == -1 && errno == EPERM);
	CHECK("root again", setresuid(0, 0, 0) == -1 && errno == EPERM);
	CHECK("root's group", setgid(0) == -1 && errno == EPERM);
	CHECK("groups", setgroups(0, NULL) == -1 && errno == EPERM);
	CHECK("no groups", getgroups(0, NULL) == 0);
	CHECK("uid", getresuid(&ids[0], &ids[1], &ids[2]) == 0 &&
			 ids[0] == nobody.uid && ids[1] == nobody.uid &&
			 ids[2] == nobody.uid);
	CHECK("gid", getresgid(&ids[0], &ids[1], &ids[2]) == 0 &&
			 ids[0] == nobody.gid && ids[1] == nobody.gid &&
			 ids[2] == nobody.gid);
}

static void
try_all(bool names)
{
	bool root = is_root();

	CHECK("entered", sandbox_enter(&nobody, names, getppid()));
	try_files(names);
	try_network(names);
	try_power();
	if (root)
		try_identity();
	else
		skip("what only root can give up");
}

static void
with_names(void)
{
	try_all(true);
}

static void
without_names(void)
{
	try_all(false);
}

/* Who has no parent to be told apart from holds as little, without a filter. */
static void
in_place(void)
{
	struct timex tx = { .modes = ADJ_TICK };
	char *argv[] = { fresh, NULL };
	bool root = is_root();

	CHECK("entered", sandbox_enter(&nobody, true, 0));
	CHECK_EQ("no filter", prctl(PR_GET_SECCOMP, 0, 0, 0, 0), 0);
	try_files(true);
	CHECK("the clock", adjtimex(&tx) == -1 && errno == EPERM);
	CHECK("exec", execv("/bin/true", argv) == -1 &&
			  (errno == EACCES || landlock_version() < 1));
	CHECK_EQ("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	CHECK_EQ("new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	if (root)
		try_identity();
}

static int inherited;

/* What else a child lacks. */
static void
detached(void)
{
	int end = 0, null = open("/dev/null", O_WRONLY);
	struct rlimit size;

	dup2(null, STDERR_FILENO); /* nothing can be written to a file then */
	CHECK("inherited", fcntl(inherited, F_GETFD) != -1);
	CHECK("not another's child", !sandbox_enter(&nobody, true, 1));
	CHECK("entered", sandbox_enter(&nobody, true, getppid()));
	CHECK("no descriptor", fcntl(inherited, F_GETFD) == -1);
	CHECK("file size", getrlimit(RLIMIT_FSIZE, &size) == 0 &&
			       size.rlim_cur == 0 && size.rlim_max == 0);
	CHECK("ends with its parent",
	    prctl(PR_GET_PDEATHSIG, &end, 0, 0, 0) == 0 && end == SIGKILL);
}

/* What the parent keeps, as the kernel tells of it. */
static uint64_t
held(const char *which)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long caps = ~0ULL;
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, which, strlen(which)) == 0)
			caps = strtoull(line + strlen(which) + 1, NULL, 16);
	if (f != NULL)
		fclose(f);
	return caps;
}

static void
kept(void)
{
	uint64_t before = held("CapPrm");

	CHECK("kept", sandbox_keep(POWER_CLOCK));
	CHECK_EQ("effective", (int64_t)held("CapEff"),
	    (int64_t)(before & UINT64_C(1) << 25));
	CHECK_EQ("permitted", (int64_t)held("CapPrm"),
	    (int64_t)(before & UINT64_C(1) << 25));
	CHECK_EQ("inheritable", (int64_t)held("CapInh"), 0);
	CHECK_EQ("ambient", (int64_t)held("CapAmb"), 0);
	CHECK_EQ("for good", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK("nothing", sandbox_keep(0));
	CHECK_EQ("nothing", (int64_t)held("CapPrm"), 0);
	CHECK("nothing comes back", sandbox_keep(POWER_CLOCK | POWER_FILES));
	CHECK_EQ("nothing comes back", (int64_t)held("CapPrm"), 0);
}

static void
prepare(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0), file;

	user_least(&nobody);
	if (bind(fd, (void *)&sin, len) == -1 || listen(fd, 8) == -1 ||
	    getsockname(fd, (void *)&sin, &len) == -1 ||
	    mkdtemp(folder) == NULL || chmod(folder, 0777) == -1)
		exit(1);
	inherited = fcntl(fd, F_DUPFD, 10);
	tcp_port = ntohs(sin.sin_port);
	snprintf(victim, sizeof(victim), "%s/victim", folder);
	snprintf(fresh, sizeof(fresh), "%s/fresh", folder);
	file = open(victim, O_WRONLY | O_CREAT, 0666);
	if (file == -1 || fchmod(file, 0666) == -1 || close(file) == -1)
		exit(1);
	CHECK_EQ("outside, TCP goes", connect_error(tcp_port), 0);
	CHECK("outside, files open", !cannot_open(victim, O_RDWR, EACCES));
}

int
main(void)
{
	prepare();
	apart(all_trip);
	apart(no_children);
#ifdef __x86_64__
	apart(no_other_machine);
#endif
	apart(with_names);
	apart(without_names);
	apart(in_place);
	apart(detached);
	apart(kept);
	unlink(victim);
	rmdir(folder);
	if (skipped > 0)
		printf("%u parts skipped\n", skipped);
	UNIT_END();
}
