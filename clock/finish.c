/*
 * Waiting for the end of a slew.
 *
 * The kernel takes what it does in the next second at the beginning of it.  So
 * a slew is over when nothing has been left for a whole second; and only what
 * the clocks show says that it was this slew, and nobody else's.
 */

#include "clock/finish.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "clock/clock.h"

#define TICK_NS        (12 * NS_PER_MS) /* the slowest a kernel may have */
#define LATE_NS        (5 * NS_PER_S)
#define SLEW_ERROR_NS  (50 * NS_PER_US)  /* one that is less wrong is right */
#define SLEW_SECOND_NS (500 * NS_PER_US) /* what it moves in a second */

static volatile sig_atomic_t interrupted;

static void
on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* The signals that end the wait come in during the wait only. */
struct signals {
	struct sigaction old[3];
	sigset_t mask;
};

static const int ending[3] = { SIGINT, SIGTERM, SIGHUP };

static void
catch_signals(struct signals *s)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t block;
	int i;

	sigemptyset(&block);
	for (i = 0; i < 3; i++)
		sigaddset(&block, ending[i]);
	sigprocmask(SIG_BLOCK, &block, &s->mask);
	for (i = 0; i < 3; i++) {
		sigaction(ending[i], NULL, &s->old[i]);
		if (s->old[i].sa_handler != SIG_IGN)
			sigaction(ending[i], &act, NULL);
	}
}

static void
release_signals(const struct signals *s)
{
	int i;

	for (i = 0; i < 3; i++)
		sigaction(ending[i], &s->old[i], NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
}

/* Beyond the next full second, of which the kernel hears at its next tick. */
static bool
sleep_to_second(const struct signals *s)
{
	int64_t into_ns = now_real_ns() % NS_PER_S;
	int64_t ns = NS_PER_S - into_ns + TICK_NS;
	struct timespec ts = { ns / NS_PER_S, (long)(ns % NS_PER_S) };

	pselect(0, NULL, NULL, NULL, &ts, &s->mask);
	return interrupted == 0;
}

/* What the clock has still to move, as the clocks show. */
static int64_t
left_ns(const struct clock_action *a, const struct instant *began,
    struct instant *now, double rate)
{
	now_all(now);
	return num_sub(a->offset_ns, now_moved_ns(began, now, rate));
}

static void
show(const struct clock_action *a, const struct instant *began, int64_t left)
{
	char size[NUM_TEXT_SIZE], time[NUM_TEXT_SIZE];
	int64_t time_ns = a->takes_ns - (now_mono_ns() - began->mono_ns);

	log_live("slewing: %s to go, %s left",
	    num_text(size, left, NUM_PLAIN, "u"),
	    num_text(time, time_ns > 0 ? time_ns : 0, NUM_SHORT, "u"));
}

/*
 * Watches the kernel until it has nothing left to do, or has had more than
 * enough time for it, as when somebody else gives it ever more.  -1 with errno:
 * EINTR, or it does not tell.
 */
static int
watch(const struct clock_action *a, const struct instant *began, double rate,
    const struct signals *s)
{
	int64_t until_ns = began->mono_ns + a->takes_ns + LATE_NS, last_ns;
	struct clock_state st = { .pending_ns = a->offset_ns };
	struct instant now;

	do {
		show(a, began, left_ns(a, began, &now, rate));
		if (!sleep_to_second(s)) {
			errno = EINTR;
			return -1;
		}
		last_ns = st.pending_ns;
		if (clock_read(&st) == -1)
			return -1;
	} while ((st.pending_ns | last_ns) != 0 && now_mono_ns() < until_ns);
	return 0;
}

/*
 * Whether so little is left that the slew is complete.  A kernel that is held
 * up hears late that a second is over, and slews for so long too much or too
 * little.  Of no more than the bound, which is all that is known of the clock,
 * that is no failure; but a slew of which most is missing did not happen, and a
 * step is somebody else's.
 */
static bool
is_complete(const struct clock_action *a, const struct instant *began,
    const struct instant *ended, int64_t left)
{
	int64_t least_ns = SLEW_ERROR_NS + began->apart_ns + ended->apart_ns;
	int64_t half_ns = (int64_t)(num_abs(a->offset_ns) / 2);
	int64_t room_ns =
	    num_min(num_min(a->bound_ns, half_ns), SLEW_SECOND_NS);

	if (room_ns < least_ns ||
	    num_abs(now_stepped_ns(began, ended)) > (uint64_t)least_ns)
		room_ns = least_ns;
	return num_abs(left) <= (uint64_t)room_ns;
}

static const char *
side_of(const struct clock_action *a, int64_t left)
{
	return (left < 0) != (a->offset_ns < 0) ? "beyond" : "short of";
}

static void
explain(struct clock_action *a, int error, int64_t left)
{
	char size[NUM_TEXT_SIZE];

	num_text(size, left, NUM_PLAIN, "u");
	if (error == EINTR)
		snprintf(a->why, sizeof(a->why),
		    "interrupted with %s of the slew to go, which the kernel "
		    "goes on with",
		    size);
	else if (error != 0)
		snprintf(a->why, sizeof(a->why),
		    "the kernel no longer tells of the slew, with %s to go: %s",
		    size, strerror(error));
	else
		snprintf(a->why, sizeof(a->why),
		    "the slew ended %s %s its goal: the kernel dropped it, or "
		    "somebody else changed the clock; run ntpsync again",
		    size, side_of(a, left));
}

/* Where it is farther from its goal than usual, that is told. */
static void
complete(struct clock_action *a, const struct instant *began, int64_t left)
{
	char size[NUM_TEXT_SIZE];

	a->took_ns = now_mono_ns() - began->mono_ns;
	if (num_abs(left) > SLEW_ERROR_NS)
		snprintf(a->why, sizeof(a->why), "it ended %s %s its goal",
		    num_text(size, left, NUM_PLAIN, "u"), side_of(a, left));
}

bool
finish_slew(struct clock_action *a, const struct instant *began,
    struct instant *ended, double rate, int64_t *left)
{
	struct signals s;
	int error;

	catch_signals(&s);
	error = watch(a, began, rate, &s) == -1 ? errno : 0;
	release_signals(&s);
	log_live(NULL);
	*left = left_ns(a, began, ended, rate);
	if (error == 0 && is_complete(a, began, ended, *left)) {
		complete(a, began, *left);
		return true;
	}
	a->failed = true;
	a->vouch = a->vouch && error != 0; /* what was claimed still holds */
	explain(a, error, *left);
	return false;
}
