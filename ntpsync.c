/*
 * ntpsync: ask NTP servers the time, print how far the clock is off, or set it.
 *
 * main() is the order of things and nothing else: measure, which talks to the
 * network and holds no power; weigh; decide, which touches nothing; act, which
 * holds the power over the clock and never touches the network; tell.
 */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/now.h"
#include "base/types.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "cli/splay.h"
#include "clock/apply.h"
#include "clock/clock.h"
#include "clock/decide.h"
#include "clock/lock.h"
#include "clock/mark.h"
#include "clock/ready.h"
#include "priv/priv.h"
#include "report/report.h"
#include "select/select.h"

/*
 * A socket must not become the standard output that somebody has closed; what
 * is opened here cannot be written to, so that a report lost is noticed.
 */
static void
occupy_streams(void)
{
	int stream, fd;

	for (stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
		if (fcntl(stream, F_GETFD) != -1)
			continue;
		fd = open("/dev/null", O_RDONLY); /* the lowest there is */
		if (fd > STDERR_FILENO)
			close(fd);
	}
}

/*
 * What the servers say, and meanwhile which daemon is at the clock; a kernel
 * that tells nothing corrects no rate.
 */
static bool
measure(struct outcome *out, struct settings *set, struct rival *rival)
{
	bool sets = clock_may_change(&set->policy);
	struct priv_duties duties = { .clock = sets,
		.files = { set->report.file.path, set->report.persona.log,
		    sets ? mark_path : NULL },
		.rival = sets && set->ask.wait_ns == 0 ? rival : NULL };
	struct clock_state st;

	(void)clock_read(&st);
	set->ask.rate = st.rate;
	if (!priv_measure(&out->m, &set->ask, &set->user, &duties))
		return false;
	if (select_verdict(&out->verdict, &out->m, &set->ask) == 0)
		return true;
	log_warn("weighing the answers");
	return false;
}

/*
 * From what the servers said to the clock.  Who has waited for them for long
 * has kept nobody from correcting it, and looks only now who else is at it.
 */
static void
correct(struct outcome *out, struct rival *rival, int *lock,
    const struct policy *policy)
{
	bool late =
	    out->ask->wait_ns != 0 && out->verdict.kind == VERDICT_AGREED;
	struct situation now;

	if (late && !clock_reserve(&out->action, lock, policy))
		return;
	if (late && clock_may_change(policy))
		(void)guard_find(rival, 1);
	now = (struct situation){ .real_ns = now_real_ns(),
		.disturbed = out->m.disturbed,
		.rival = *rival };
	clock_decide(&out->action, &out->verdict, policy, &now);
	if (!policy->dry_run)
		clock_apply(&out->action, &out->m.ended);
}

/*
 * It ends by _exit(), since exit() would wait for a lock that a thread may hold
 * which looks up a name and was left behind; the report has been flushed.
 */
int
main(int argc, char *argv[])
{
	struct outcome out = { 0 };
	struct settings set;
	struct rival rival = { 0 };
	int lock = -1;

	occupy_streams();
	switch (options_read(&set, argc, argv)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		_exit(fflush(stdout) || ferror(stdout)
			  ? report_failure(&set.report, EXIT_INTERNAL)
			  : EXIT_DONE);
	case OPTIONS_BAD:
		_exit(report_failure(&set.report, set.bad));
	}
	out.ask = &set.ask;
	out.program = set.program;
	out.servers_from = set.servers_from;
	out.found = set.found;
	out.dry_run = set.policy.dry_run;
	if (!report_ready(&set.report))
		_exit(report_failure(&set.report, EXIT_INTERNAL));
	if (set.splay_ns > 0)
		splay_sleep(set.splay_ns);
	if (!clock_ready(&out.action, &set.policy) ||
	    (set.ask.wait_ns == 0 &&
		!clock_reserve(&out.action, &lock, &set.policy)))
		_exit(report(&set.report, &out));

	if (!measure(&out, &set, &rival))
		_exit(report_failure(&set.report, EXIT_INTERNAL));
	correct(&out, &rival, &lock, &set.policy);
	lock_release(lock); /* whoever reads the report may take his time */
	_exit(report(&set.report, &out));
}
