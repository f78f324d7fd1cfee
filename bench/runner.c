/*
 * The runner: measures whole processes against each other.
 *
 *	runner [-mo] [-n runs] -- command ... [-- command ...] ...
 *
 * The commands take turns, n rounds of one run each after a round that does
 * not count, so that whatever disturbs the machine disturbs them alike. The
 * table on stdout has one line for each command: median and 95th percentile
 * of wall time and CPU time, median of peak memory (of the largest process, if
 * the command is several), and the ratio of medians against the first command
 * (off_p95_x: of the percentiles). A run that fails ends the measurement with
 * exit status 1. A command is a path and its arguments, PATH is not searched.
 *
 * -o	stdout of each run ends with a line that holds an offset in seconds: for
 *	a JSON line the value of the first key "offset", otherwise the line is
 *	the number. Adds median and p95 of its absolute value.
 * -m	measure memory truthfully, at the price of time: see start(). Without
 *	it rss_kb is blind below the peak of the runner itself.
 *
 * It interprets nothing else, sets no limits and knows nothing about NTP.
 */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS 1e9

extern char **environ;

/* What is known of one run; arrays of it are sorted column by column. */
enum column { WALL, CPU, RSS, OFFSET, COLUMNS };

struct command {
	char **argv;
	double *values[COLUMNS]; /* seconds, seconds, KiB, seconds; n of each */
};

struct settings {
	size_t n, commands;
	bool offset, memory;
};

static double
mono_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / NS;
}

static double
timeval_s(const struct timeval *tv)
{
	return (double)tv->tv_sec + (double)tv->tv_usec / 1e6;
}

/*
 * The offset in the last line of out: as a JSON value or as the bare line.
 */
static bool
parse_offset(double *offset_s, char *out)
{
	static const char key[] = "\"offset\":";
	char *line, *end;
	size_t len = strlen(out);

	if (len > 0 && out[len - 1] == '\n')
		out[len - 1] = '\0';
	line = strrchr(out, '\n');
	line = line == NULL ? out : line + 1;
	if (*line == '{') {
		if ((line = strstr(line, key)) == NULL)
			return false;
		line += sizeof(key) - 1;
	}
	*offset_s = strtod(line, &end);
	return end != line && (*end == '\0' || *end == ',' || *end == '}');
}

static void
read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, buf + used, size - 1 - used)) > 0)
		used += (size_t)n;
	if (n == -1)
		err(1, "read");
	if (used == size - 1)
		errx(1, "more than %zu bytes of output", used);
	buf[used] = '\0';
}

/*
 * ru_maxrss survives exec: the kernel carries over the peak of the address
 * space that the process leaves. posix_spawn() lends the child the runner's
 * own until exec, so that no child reports less than the runner's peak.
 * fork() gives it a copy that holds little more than what was written to.
 * Measured with a static true(1) of 24 KiB: 1756 KiB after posix_spawn(), 132
 * after fork() when the runner is linked with -z now (lazy binding touches
 * ld.so: 450). But fork() takes 0.08 ms more, and what every command is charged
 * flatters the ratio. What remains: the kernel (6.2 and later) counts pages in
 * batches for each CPU, so that ru_maxrss may be 0.15 MB too low on two CPUs.
 */
static pid_t
start(char **argv, int out, bool memory)
{
	posix_spawn_file_actions_t fa;
	pid_t pid;
	int error;

	if (memory) {
		if ((pid = fork()) == -1)
			err(1, "fork");
		if (pid == 0) {
			dup2(out, STDOUT_FILENO);
			execve(argv[0], argv, environ);
			_exit(127);
		}
		return pid;
	}
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
	if ((error = posix_spawn(&pid, argv[0], &fa, NULL, argv, environ)))
		errx(1, "%s: %s", argv[0], strerror(error));
	posix_spawn_file_actions_destroy(&fa);
	return pid;
}

static void
run(struct command *c, size_t i, const struct settings *set)
{
	static char out[8192];
	struct rusage ru;
	int fds[2], status;
	double begin_s;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		err(1, "pipe2");
	begin_s = mono_s();
	pid = start(c->argv, fds[1], set->memory);
	close(fds[1]);
	read_all(fds[0], out, sizeof(out));
	if (wait4(pid, &status, 0, &ru) != pid)
		err(1, "wait4");
	c->values[WALL][i] = mono_s() - begin_s;
	close(fds[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: wait status 0x%x\n%s", c->argv[0],
		    (unsigned)status, out);
	c->values[CPU][i] = timeval_s(&ru.ru_utime) + timeval_s(&ru.ru_stime);
	c->values[RSS][i] = (double)ru.ru_maxrss;
	if (set->offset && !parse_offset(&c->values[OFFSET][i], out))
		errx(1, "%s: no offset in: %s", c->argv[0], out);
	if (c->values[OFFSET][i] < 0)
		c->values[OFFSET][i] = -c->values[OFFSET][i];
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The smallest value that at least percent of the n sorted ones reach. */
static double
percentile(const double *sorted, size_t n, size_t percent)
{
	return sorted[(n * percent + 99) / 100 - 1];
}

static double
median(const struct command *c, enum column col, size_t n)
{
	return percentile(c->values[col], n, 50);
}

static double
p95(const struct command *c, enum column col, size_t n)
{
	return percentile(c->values[col], n, 95);
}

static void
print_line(const struct command *c, const struct command *first,
    const struct settings *set)
{
	size_t n = set->n;

	printf("%.3f\t%.3f\t%.3f\t", median(c, WALL, n) * 1e3,
	    p95(c, WALL, n) * 1e3, median(c, WALL, n) / median(first, WALL, n));
	printf("%.3f\t%.3f\t%.3f\t", median(c, CPU, n) * 1e3,
	    p95(c, CPU, n) * 1e3, median(c, CPU, n) / median(first, CPU, n));
	printf("%.0f\t%.3f\t", median(c, RSS, n),
	    median(c, RSS, n) / median(first, RSS, n));
	if (set->offset)
		printf("%.3f\t%.3f\t%.3f\t%.3f\t", median(c, OFFSET, n) * 1e6,
		    p95(c, OFFSET, n) * 1e6,
		    median(c, OFFSET, n) / median(first, OFFSET, n),
		    p95(c, OFFSET, n) / p95(first, OFFSET, n));
	printf("%s\n", c->argv[0]);
}

static void
print_table(struct command *commands, const struct settings *set)
{
	size_t i, col;

	for (i = 0; i < set->commands; i++)
		for (col = 0; col < COLUMNS; col++)
			qsort(commands[i].values[col], set->n, sizeof(double),
			    compare);
	printf("wall_ms\twall_p95\twall_x\tcpu_ms\tcpu_p95\tcpu_x\trss_kb\t"
	       "rss_x\t%scommand\n",
	    set->offset ? "off_us\toff_p95\toff_x\toff_p95_x\t" : "");
	for (i = 0; i < set->commands; i++)
		print_line(&commands[i], &commands[0], set);
}

/* Cuts argv at each "--" into commands; the words stay where they are. */
static size_t
split(struct command *commands, char **argv, size_t n)
{
	size_t count = 0, col;

	while (*argv != NULL) {
		struct command *c = &commands[count++];

		c->argv = argv;
		for (col = 0; col < COLUMNS; col++)
			if ((c->values[col] = calloc(n, sizeof(double))) ==
			    NULL)
				err(1, NULL);
		while (*argv != NULL && strcmp(*argv, "--") != 0)
			argv++;
		if (c->argv == argv)
			errx(2, "empty command");
		if (*argv != NULL)
			*argv++ = NULL;
	}
	return count;
}

static void
options(struct settings *set, int argc, char *argv[])
{
	int opt;

	while ((opt = getopt(argc, argv, "+mn:o")) != -1) {
		if (opt == 'm')
			set->memory = true;
		else if (opt == 'n')
			set->n = strtoul(optarg, NULL, 10);
		else if (opt == 'o')
			set->offset = true;
		else
			exit(2);
	}
	if (set->n < 1 || set->n > 1000000 || optind == argc)
		errx(2, "usage: runner [-mo] [-n runs] -- command ... "
			"[-- command ...]");
}

int
main(int argc, char *argv[])
{
	struct settings set = { .n = 100 };
	struct command *commands;
	size_t i, c;

	options(&set, argc, argv);
	if ((commands = calloc((size_t)argc, sizeof(*commands))) == NULL)
		err(1, NULL);
	set.commands = split(commands, argv + optind, set.n);
	for (i = 0; i <= set.n; i++)
		for (c = 0; c < set.commands; c++)
			run(&commands[c], i == 0 ? 0 : i - 1, &set);
	print_table(commands, &set);
	return fflush(stdout) == 0 ? 0 : 1;
}
