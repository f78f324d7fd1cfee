/*
 * The sandbox of Linux: no capabilities, no way to new ones, no file to write
 * and few to read (Landlock); and in a child, no system call that a client of
 * NTP has no business with (seccomp).
 *
 * The numbers of newer calls are the same on all machines, counted from the
 * first one, and are written down here and in filter_linux.c, so that old
 * headers do not make for a weaker sandbox.
 */

#include "priv/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "priv/become.h"
#include "priv/filter_linux.h"

/* ---- capabilities ---- */

#define CAP_WORDS _LINUX_CAPABILITY_U32S_3

static bool
cap_set(uint64_t keep)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[CAP_WORDS];
	int i;

	for (i = 0; i < CAP_WORDS; i++) {
		caps[i].effective = caps[i].permitted =
		    (uint32_t)(keep >> 32 * i);
		caps[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, caps) == 0;
}

/* All that is held, in whatever way: it could be used, or be taken up again. */
static bool
cap_get(uint64_t *held)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[CAP_WORDS];
	int i;

	if (syscall(SYS_capget, &head, caps) == -1)
		return false;
	*held = 0;
	for (i = 0; i < CAP_WORDS; i++)
		*held |= (uint64_t)(caps[i].effective | caps[i].permitted |
				    caps[i].inheritable)
			 << 32 * i;
	return true;
}

/* Gives up all capabilities but these, and looks whether that is so. */
static bool
cap_keep(uint64_t keep)
{
	uint64_t held = 0;

	/* Who holds nothing more need not be let to give it up. */
	if (!cap_get(&held) || ((held & ~keep) != 0 && (!cap_set(held & keep) ||
							   !cap_get(&held)))) {
		log_warn("giving up capabilities");
		return false;
	}
	if ((held & ~keep) == 0)
		return true;
	log_warnx("capabilities could not be given up: %#llx are still held",
	    (unsigned long long)held);
	return false;
}

/* What is given up does not come back by running another program. */
static bool
no_new_power(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return true;
	log_warn("giving up new privileges");
	return false;
}

bool
sandbox_keep(unsigned powers)
{
	uint64_t keep = 0;

	if (powers & POWER_CLOCK)
		keep |= UINT64_C(1) << CAP_SYS_TIME;
	if (powers & POWER_FILES)
		keep |= UINT64_C(1) << CAP_DAC_OVERRIDE | UINT64_C(1)
							      << CAP_FOWNER;
	if (powers & POWER_CHILD)
		keep |= UINT64_C(1) << CAP_KILL;
	if (powers & POWER_LOOK)
		keep |= UINT64_C(1) << CAP_SYS_PTRACE;
	return cap_keep(keep) && no_new_power();
}

/* ---- Landlock: landlock(7) ---- */

enum {
	LANDLOCK_CREATE_RULESET = __NR_Linux + 444,
	LANDLOCK_ADD_RULE = __NR_Linux + 445,
	LANDLOCK_RESTRICT_SELF = __NR_Linux + 446
};

#define ONLY_VERSION  1
#define PATH_BENEATH  1
#define NET_PORT      2
#define READ_FILE     (UINT64_C(1) << 2)
#define TCP_BIND      (UINT64_C(1) << 0)
#define TCP_CONNECT   (UINT64_C(1) << 1)
#define SCOPE_SOCKETS (UINT64_C(1) << 0) /* abstract ones */
#define SCOPE_SIGNALS (UINT64_C(1) << 1)
#define DNS_PORT      53

struct ruleset {
	uint64_t files, net, scopes;
};

/* What each version of it knows beyond the one before. */
static const struct {
	const char *what;
	struct ruleset set;
} versions[] = {
	{ "opening files", { .files = 0x1fff } },
	{ NULL, { .files = 0x2000 } }, /* moves, which version 1 forbids */
	{ "truncating files", { .files = 0x4000 } },
	{ "connecting over TCP", { .net = TCP_BIND | TCP_CONNECT } },
	{ "controlling devices", { .files = 0x8000 } },
	{ "reaching the sockets and processes of others",
	    { .scopes = SCOPE_SOCKETS | SCOPE_SIGNALS } },
};

#define NVERSIONS ((long)(sizeof(versions) / sizeof(versions[0])))

/*
 * What a lookup reads: programs, files where they are now, and folders, since
 * --wait is there when a file of theirs is replaced.  Who had to stay root
 * could read everybody's secrets there, and is not let.
 */
static const char *const programs[] = { "/lib", "/lib64", "/usr/lib",
	"/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store", NULL };
static const char *const folders[] = { "/etc", "/run", NULL };
static const char *const files[] = { "/etc/resolv.conf", "/etc/hosts",
	"/etc/nsswitch.conf", "/etc/gai.conf", "/etc/host.conf",
	"/etc/services", "/etc/ld.so.cache", NULL };

static bool
let_read(int rules, const char *path)
{
	struct {
		uint64_t allowed;
		int32_t fd;
	} __attribute__((packed)) rule = { .allowed = READ_FILE };
	long result;

	if ((rule.fd = open(path, O_PATH | O_CLOEXEC)) == -1)
		return true; /* it is not there */
	result = syscall(LANDLOCK_ADD_RULE, rules, PATH_BENEATH, &rule, 0);
	close(rule.fd);
	return result == 0 || errno == EBADFD; /* a pipe */
}

static bool
let_read_all(int rules, const char *const *paths)
{
	for (; *paths != NULL; paths++)
		if (!let_read(rules, *paths))
			return false;
	return true;
}

/* The folder that this link leads to: there the file will be replaced. */
static bool
let_read_beside(int rules, const char *path)
{
	char to[PATH_MAX];
	const char *etc = "/etc/";
	size_t etc_size = strlen(etc);
	ssize_t n;
	char *end;

	memcpy(to, etc, etc_size);
	n = readlink(path, to + etc_size, sizeof(to) - etc_size - 1);
	if (n <= 0)
		return true; /* no link */
	to[etc_size + (size_t)n] = '\0';
	etc_size = to[etc_size] == '/' ? etc_size : 0;
	end = strrchr(to + etc_size, '/');
	*end = '\0';
	return to[etc_size] == '\0' || let_read(rules, to + etc_size);
}

/* Long answers of a name server come over TCP. */
static bool
let_look_up(int rules, bool tcp)
{
	struct {
		uint64_t allowed, port;
	} rule = { .allowed = TCP_CONNECT, .port = DNS_PORT };

	return let_read_all(rules, programs) && let_read_all(rules, files) &&
	       (geteuid() == 0 ||
		   (let_read_all(rules, folders) &&
		       let_read_beside(rules, "/etc/resolv.conf"))) &&
	       (!tcp ||
		   syscall(LANDLOCK_ADD_RULE, rules, NET_PORT, &rule, 0) == 0);
}

/* As much as this kernel knows; -1 with errno. */
static int
forbid(bool names)
{
	struct ruleset set = { 0 };
	long i, known = syscall(LANDLOCK_CREATE_RULESET, NULL, 0, ONLY_VERSION);
	int rules, result = -1;

	if (known <= 0)
		return -1;
	for (i = 0; i < known && i < NVERSIONS; i++) {
		set.files |= versions[i].set.files;
		set.net |= versions[i].set.net;
		set.scopes |= versions[i].set.scopes;
	}
	for (; i < NVERSIONS; i++)
		if (versions[i].what != NULL)
			log_verbose("this kernel's Landlock does not keep this "
				    "process from %s",
			    versions[i].what);
	/* Older kernels know less of the structure, and the rest is zero. */
	rules = (int)syscall(LANDLOCK_CREATE_RULESET, &set, sizeof(set), 0);
	if (rules == -1)
		return -1;
	if (!names || let_look_up(rules, set.net != 0))
		result = (int)syscall(LANDLOCK_RESTRICT_SELF, rules, 0);
	close(rules);
	return result;
}

/* ---- all of it ---- */

#define CLOSE_RANGE (__NR_Linux + 436)

static void
lower_limit(unsigned what)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(what, &none) == -1)
		log_verbose(
		    "a resource limit was not lowered: %s", strerror(errno));
}

/* An old kernel, or one that a container's filter speaks for; or a fault. */
static bool
do_without(const char *what)
{
	if (errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP ||
	    errno == EPERM) {
		log_verbose("without %s: %s", what, strerror(errno));
		return true;
	}
	log_warn("%s", what);
	return false;
}

/* Those that are open; a limit can be of a thousand million. */
static bool
close_listed(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	bool all;
	int fd;

	if (dir == NULL)
		return false;
	while ((errno = 0, entry = readdir(dir)) != NULL) {
		fd = atoi(entry->d_name);
		if (fd >= SANDBOX_FDS && fd != dirfd(dir))
			close(fd);
	}
	all = errno == 0;
	closedir(dir);
	return all;
}

static void
close_all(void)
{
	struct rlimit limit = { 1024, 0 };
	unsigned fd;

	if (syscall(CLOSE_RANGE, SANDBOX_FDS, ~0U, 0) == 0 || close_listed())
		return;
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	for (fd = SANDBOX_FDS; fd < limit.rlim_cur; fd++)
		close((int)fd);
}

/* What a child has less; not before it has become somebody else. */
static bool
be_child_of(pid_t parent)
{
	close_all();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1) {
		log_warn("ending with the process that started this one");
		return false;
	}
	if (getppid() == parent || getppid() == 0) /* of another namespace */
		return true;
	log_warnx("the process that started this one has ended already");
	return false;
}

bool
sandbox_enter(const struct user *u, bool names, pid_t parent)
{
	if (!become(u) || !cap_keep(0) || !no_new_power() ||
	    (parent != 0 && !be_child_of(parent)))
		return false;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		log_verbose(
		    "others may look into this process: %s", strerror(errno));
	lower_limit(RLIMIT_CORE);
	if (forbid(names) == -1 &&
	    !do_without("Landlock, which would keep this process from files"))
		return false;
	if (parent == 0)
		return true;
	if (filter_install(names && geteuid() != 0) == -1 &&
	    !do_without("seccomp, which would keep it from system calls"))
		return false;
	/* Last: a tool that watches us may have had to write. */
	lower_limit(RLIMIT_FSIZE);
	return true;
}
