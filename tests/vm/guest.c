/*
 * The other program: what the tests in the virtual machine look at the clock
 * with, and disturb it with.
 *
 *	guest COMMAND [ARG...]
 *
 * It tells how wrong the clock is, what the kernel thinks of it, and plays
 * those that also set it: a daemon, an administrator, the boot. One COMMAND, at
 * most one line on stdout, status 0; 1 with a reason on stderr; 2 for a wrong
 * call. It shares no line with ntpsync, or both would err alike, and it checks
 * nothing that a test would not notice. It is for a machine whose clock is
 * nobody's: never run it elsewhere.
 *
 * An offset is true time - local time, as everywhere.
 */
#include <time.h> /* first: musl and linux/errqueue.h need it so */

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/rtc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS       INT64_C(1000000000)
#define FROM1900 INT64_C(2208988800) /* seconds from 1900 to 1970 */
#define ERA      (INT64_C(1) << 32)  /* seconds; the first ended in 2036 */

struct command {
	const char *name;
	int least, most; /* arguments */
	void (*run)(int argc, char *argv[]);
	const char *help;
};

/* --- numbers and clocks --------------------------------------------------- */

static int64_t
integer(const char *text)
{
	char *end;
	int64_t n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		errx(2, "%s: not an integer", text);
	return n;
}

/* Seconds, with or without decimals, as nanoseconds; exact. */
static int64_t
seconds_ns(const char *text)
{
	bool minus = *text == '-';
	int64_t ns = 0, unit = NS;
	const char *p = text + (*text == '-' || *text == '+');

	for (; *p >= '0' && *p <= '9'; p++)
		ns = ns * 10 + (*p - '0') * NS;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++)
			ns += (*p - '0') * (unit /= 10);
	if (*p != '\0' || p == text)
		errx(2, "%s: not a number of seconds", text);
	return minus ? -ns : ns;
}

static void
print_seconds(int64_t ns, const char *after)
{
	printf("%s%" PRId64 ".%09" PRId64 "%s", ns < 0 ? "-" : "",
	    imaxabs(ns / NS), imaxabs(ns % NS), after);
}

static int64_t
timespec_ns(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * NS + ts->tv_nsec;
}

static int64_t
clock_ns(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) == -1)
		err(1, "clock_gettime");
	return timespec_ns(&ts);
}

static void
set_ns(int64_t ns)
{
	struct timespec ts = { .tv_sec = ns / NS, .tv_nsec = ns % NS };

	if (clock_settime(CLOCK_REALTIME, &ts) == -1)
		err(1, "clock_settime");
}

static int
adjust(struct timex *tx)
{
	int state = adjtimex(tx);

	if (state == -1)
		err(1, "adjtimex, modes %#x", tx->modes);
	return state;
}

/*
 * REALTIME - MONOTONIC_RAW shows every step and every slew and nothing else.
 * Of some readings the one that was least disturbed counts.
 */
static int64_t
slid_ns(void)
{
	int64_t best = INT64_MAX, slid = 0;

	for (int i = 0; i < 20; i++) {
		int64_t before = clock_ns(CLOCK_MONOTONIC_RAW);
		int64_t now = clock_ns(CLOCK_REALTIME);
		int64_t after = clock_ns(CLOCK_MONOTONIC_RAW);

		if (after - before >= best)
			continue;
		best = after - before;
		slid = now - before - best / 2;
	}
	return slid;
}

/* --- asking a server ------------------------------------------------------ */

/* The era is the one that makes it a moment from 1970 to 2106. */
static int64_t
ntp_ns(const unsigned char *p)
{
	uint32_t word[2];
	int64_t s;

	memcpy(word, p, sizeof(word));
	s = (int64_t)ntohl(word[0]) - FROM1900;
	if (s < 0)
		s += ERA;
	return s * NS +
	       (int64_t)(((uint64_t)ntohl(word[1]) * (uint64_t)NS) >> 32);
}

static int
server_socket(const char *addr, const char *port)
{
	const struct timeval two = { .tv_sec = 2 };
	const int flags =
	    SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
	    SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
	struct sockaddr_in to = { .sin_family = AF_INET };
	int s;

	to.sin_port = htons((uint16_t)integer(port));
	if (inet_pton(AF_INET, addr, &to.sin_addr) != 1)
		errx(2, "%s: not an IPv4 address", addr);
	if ((s = socket(AF_INET, SOCK_DGRAM, 0)) == -1 ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &two, sizeof(two)) == -1 ||
	    setsockopt(s, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)) ==
		-1 ||
	    connect(s, (const struct sockaddr *)&to, sizeof(to)) == -1)
		err(1, "%s", addr);
	return s;
}

/* One recvmsg(), and the kernel's software stamp that came with it. */
static ssize_t
receive(int s, void *data, size_t size, int flags, int64_t *stamp_ns)
{
	union {
		struct cmsghdr align;
		char bytes[256];
	} control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct scm_timestamping ts;
	struct cmsghdr *c;
	ssize_t n = recvmsg(s, &msg, flags);

	if (n == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPING)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		*stamp_ns = timespec_ns(&ts.ts[0]);
		return n;
	}
	errno = ENOMSG; /* the packet is there, its stamp is not */
	return -1;
}

/*
 * One exchange, by the kernel's stamps: the offset and the delay. False when a
 * stamp is missing: the kernel begins to make them a moment after the first
 * socket wants them.
 */
static bool
ask(int s, int64_t *offset_ns, int64_t *delay_ns)
{
	unsigned char packet[48] = { 0x23 }; /* version 4, mode 3 */
	unsigned char cookie[8], none[64];
	int64_t t1 = 0, t4 = 0, t2, t3;
	ssize_t n;

	if (getrandom(cookie, sizeof(cookie), 0) != sizeof(cookie))
		err(1, "getrandom");
	memcpy(packet + 40, cookie, sizeof(cookie));
	while (receive(s, none, sizeof(none), MSG_ERRQUEUE | MSG_DONTWAIT,
		   &t1) != -1)
		; /* a stamp that came late is not this packet's */
	if (send(s, packet, sizeof(packet), 0) != sizeof(packet))
		err(1, "send");
	n = receive(s, packet, sizeof(packet), 0, &t4);
	if (n == -1 && errno != ENOMSG)
		err(1, "no reply");
	if (memcmp(packet + 24, cookie, sizeof(cookie)) != 0)
		errx(1, "not a reply to this request");
	if (n == -1 || receive(s, none, sizeof(none),
			   MSG_ERRQUEUE | MSG_DONTWAIT, &t1) == -1)
		return false;
	t2 = ntp_ns(packet + 32);
	t3 = ntp_ns(packet + 40);
	*delay_ns = (t4 - t1) - (t3 - t2);
	*offset_ns = (t2 - t1) - *delay_ns / 2;
	return true;
}

static int64_t
best_of(const char *addr, const char *port, int64_t n, int64_t *delay_ns)
{
	int64_t offset, delay, best = 0;
	int s = server_socket(addr, port), missed = 0;

	*delay_ns = INT64_MAX;
	while (n > 0) {
		if (!ask(s, &offset, &delay)) {
			if (++missed == 100)
				errx(1, "the kernel makes no stamps");
			continue;
		}
		n--;
		if (delay >= *delay_ns)
			continue;
		*delay_ns = delay;
		best = offset;
	}
	close(s);
	return best;
}

static void
cmd_offset(int argc, char *argv[])
{
	int64_t delay, offset;

	offset =
	    best_of(argv[0], argv[1], argc > 2 ? integer(argv[2]) : 1, &delay);
	print_seconds(offset, " ");
	print_seconds(delay, "\n");
}

/* True time - MONOTONIC_RAW: with it the truth is known without a network. */
static void
cmd_anchor(int argc, char *argv[])
{
	int64_t delay, offset;

	offset =
	    best_of(argv[0], argv[1], argc > 2 ? integer(argv[2]) : 8, &delay);
	printf("%" PRId64 "\n", offset + slid_ns());
}

/* --- setting -------------------------------------------------------------- */

static void
cmd_place(int argc, char *argv[])
{
	(void)argc;
	set_ns(integer(argv[0]) + seconds_ns(argv[1]) +
	       clock_ns(CLOCK_MONOTONIC_RAW));
}

/* The nanoseconds of the kernel's delta are never negative. */
static void
cmd_step(int argc, char *argv[])
{
	struct timex tx = { .modes = ADJ_SETOFFSET | ADJ_NANO };
	int64_t ns = seconds_ns(argv[0]), s = ns / NS;

	(void)argc;
	if (ns % NS < 0)
		s--;
	tx.time.tv_sec = s;
	tx.time.tv_usec = ns - s * NS;
	adjust(&tx);
}

/*
 * A daemon's last word, which the kernel goes on working off: 1/16 a second.
 * What it would learn from it of the clock's frequency is not wanted.
 */
static void
cmd_pll(int argc, char *argv[])
{
	struct timex tx = { .modes = 0 };
	struct timex even = { .modes = ADJ_FREQUENCY };

	(void)argc;
	adjust(&tx);
	tx.modes = ADJ_OFFSET | ADJ_STATUS | ADJ_NANO;
	tx.status |= STA_PLL;
	tx.offset = integer(argv[0]);
	adjust(&tx);
	adjust(&even);
}

/* --- looking -------------------------------------------------------------- */

static void
cmd_kernel(int argc, char *argv[])
{
	struct timex tx = { .modes = 0 };
	struct timex left = { .modes = ADJ_OFFSET_SS_READ };
	int state;

	(void)argc, (void)argv;
	state = adjust(&tx);
	adjust(&left);
	printf("status=%#x unsync=%d maxerror_us=%ld esterror_us=%ld "
	       "pending_us=%ld offset=%ld freq=%ld tick=%ld state=%d\n",
	    (unsigned int)tx.status, (tx.status & STA_UNSYNC) != 0, tx.maxerror,
	    tx.esterror, left.offset, tx.offset, tx.freq, tx.tick, state);
}

static void
cmd_slid(int argc, char *argv[])
{
	(void)argc, (void)argv;
	printf("%" PRId64 "\n", slid_ns());
}

static void
cmd_mono(int argc, char *argv[])
{
	(void)argc, (void)argv;
	printf("%" PRId64 "\n", clock_ns(CLOCK_MONOTONIC));
}

static int
open_rtc(void)
{
	int fd = open("/dev/rtc0", O_RDONLY);

	if (fd == -1)
		err(1, "/dev/rtc0");
	return fd;
}

static void
cmd_rtc(int argc, char *argv[])
{
	struct rtc_time rt;
	struct tm tm = { .tm_isdst = 0 };

	(void)argc, (void)argv;
	if (ioctl(open_rtc(), RTC_RD_TIME, &rt) == -1)
		err(1, "/dev/rtc0");
	tm.tm_sec = rt.tm_sec;
	tm.tm_min = rt.tm_min;
	tm.tm_hour = rt.tm_hour;
	tm.tm_mday = rt.tm_mday;
	tm.tm_mon = rt.tm_mon;
	tm.tm_year = rt.tm_year;
	printf("%" PRId64 "\n", (int64_t)timegm(&tm));
}

static void
rtc_at(const char *text, struct rtc_time *rt)
{
	time_t t = (time_t)integer(text);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		errx(2, "%s: no such time", text);
	memset(rt, 0, sizeof(*rt));
	rt->tm_sec = tm.tm_sec;
	rt->tm_min = tm.tm_min;
	rt->tm_hour = tm.tm_hour;
	rt->tm_mday = tm.tm_mday;
	rt->tm_mon = tm.tm_mon;
	rt->tm_year = tm.tm_year;
}

/* The chip wakes the machine when its own clock, right or not, says so. */
static void
cmd_alarm(int argc, char *argv[])
{
	struct rtc_wkalrm alarm = { .enabled = 1 };

	(void)argc;
	rtc_at(argv[0], &alarm.time);
	if (ioctl(open_rtc(), RTC_WKALM_SET, &alarm) == -1)
		err(1, "/dev/rtc0");
}

/* --- playing a daemon ----------------------------------------------------- */

/* Its name is that of the file it was started from. */
static void
cmd_idle(int argc, char *argv[])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (argc > 0 && strcmp(argv[0], "nocap") != 0)
		errx(2, "%s: not nocap", argv[0]);
	if (argc > 0) {
		if (syscall(SYS_capget, &head, sets) == -1)
			err(1, "capget");
		sets[0].effective &= ~(UINT32_C(1) << CAP_SYS_TIME);
		sets[0].permitted &= ~(UINT32_C(1) << CAP_SYS_TIME);
		sets[0].inheritable &= ~(UINT32_C(1) << CAP_SYS_TIME);
		if (syscall(SYS_capset, &head, sets) == -1)
			err(1, "capset");
	}
	for (;;)
		pause();
}

/* --- disturbing a program at a moment of its run -------------------------- */

static pid_t
start(char *argv[])
{
	sigset_t child, old;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &old);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	return pid;
}

/* Or until it has ended: that is the one child there is. */
static void
wait_us(int64_t us)
{
	struct timespec ts = { .tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000 };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	(void)sigtimedwait(&child, NULL, &ts);
}

/* Whether it was still there, how it ended, and how long it took. */
static void
finish(pid_t pid, bool running, int64_t began_ns)
{
	int status;

	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	printf("running=%d exit=%d took_us=%" PRId64 "\n", running,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    (clock_ns(CLOCK_MONOTONIC) - began_ns) / 1000);
}

/* A zombie is still our child, so this is no other process of its number. */
static bool
running(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		   0 &&
	       info.si_pid == 0;
}

static void
cmd_kill(int argc, char *argv[])
{
	int64_t began_ns = clock_ns(CLOCK_MONOTONIC);
	pid_t pid = start(argv + 1);
	bool there;

	(void)argc;
	wait_us(integer(argv[0]));
	there = running(pid);
	kill(pid, SIGKILL);
	finish(pid, there, began_ns);
}

static void
cmd_race(int argc, char *argv[])
{
	int64_t began_ns = clock_ns(CLOCK_MONOTONIC);
	pid_t pid = start(argv + 3);
	bool there;

	(void)argc;
	wait_us(integer(argv[0]));
	cmd_place(2, argv + 1);
	there = running(pid);
	finish(pid, there, began_ns);
}

/* --- commands ------------------------------------------------------------- */

static const struct command commands[] = {
	{ "offset", 2, 3, cmd_offset, "ADDR PORT [N]: offset, delay (s)" },
	{ "anchor", 2, 3, cmd_anchor, "ADDR PORT [N]: the truth - RAW (ns)" },
	{ "place", 2, 2, cmd_place, "ANCHOR S: set to the truth + S" },
	{ "step", 1, 1, cmd_step, "S: add S" },
	{ "pll", 1, 1, cmd_pll, "NS: leave NS in the PLL" },
	{ "kernel", 0, 0, cmd_kernel, ": what adjtimex says" },
	{ "slid", 0, 0, cmd_slid, ": REALTIME - MONOTONIC_RAW (ns)" },
	{ "mono", 0, 0, cmd_mono, ": MONOTONIC (ns)" },
	{ "rtc", 0, 0, cmd_rtc, ": /dev/rtc0 (s since 1970)" },
	{ "alarm", 1, 1, cmd_alarm, "S: wake when /dev/rtc0 says S" },
	{ "kill", 2, 99, cmd_kill, "US COMMAND...: kill it after US" },
	{ "race", 4, 99, cmd_race, "US ANCHOR S COMMAND...: place after US" },
	{ "idle", 0, 1, cmd_idle, "[nocap]: sleep; without CAP_SYS_TIME" },
};
#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

int
main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < NCOMMANDS; i++) {
		const struct command *c = &commands[i];

		if (strcmp(argv[1], c->name) != 0 || argc - 2 < c->least ||
		    argc - 2 > c->most)
			continue;
		c->run(argc - 2, argv + 2);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(stderr, "guest %s %s\n", commands[i].name,
		    commands[i].help);
	return 2;
}
