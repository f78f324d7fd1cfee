/*
 * When it is enough.
 *
 * The whole point of asking several servers at once is that none of them can
 * keep the others waiting: not by silence, not by being slow.
 *
 * An ICMP error says that there is nobody to wait for, but anyone can forge it.
 * So who is refused keeps an open vote for as long as the grace, lest a liar be
 * left alone with the votes, and the socket stays open to the end.
 *
 * Under --wait nothing of that is final.  While an attempt lasts, whoever may
 * yet answer keeps his vote; when it is over, those who have answered decide,
 * if they agree, and else the next one begins.
 */

#include "net/ending.h"

#include "base/num.h"
#include "base/types.h"
#include "select/settle.h"

#define PATIENCE_NS (1 * NS_PER_S)
#define GRACE_NS    (50 * NS_PER_MS)

/* How things stand with all the sources. */
struct standing {
	unsigned asked;     /* were sent a request */
	unsigned heard;     /* have given a sample that may count */
	unsigned open;      /* may yet give one (more) */
	unsigned awaited;   /* of these, neither overdue nor refused */
	int64_t overdue_ns; /* when the next one will be */
};

static int64_t
at_least(int64_t least_ns, int64_t ns)
{
	return ns > least_ns ? ns : least_ns;
}

/* So much longer is waited for those who are only a little late. */
static int64_t
grace(const struct measurement *m)
{
	return at_least(GRACE_NS, 2 * m->slowest_ns);
}

static int64_t
patience(const struct measurement *m)
{
	return at_least(PATIENCE_NS, 3 * m->slowest_ns);
}

/* Under --wait who refuses is asked again, like one who is silent. */
static bool
is_refused(const struct source *src, const struct ask *ask)
{
	return src->refused_mono_ns != 0 && !src->looking_up &&
	       ask->wait_ns == 0;
}

int64_t
ending_overdue_ns(const struct measurement *m, const struct ask *ask,
    const struct source *src)
{
	if (src->overdue || !select_awaited(src, ask))
		return INT64_MAX;
	if (src->looking_up && src->waiting_mono_ns == 0)
		return m->began_mono_ns + patience(m);
	if (is_refused(src, ask))
		return src->refused_mono_ns + grace(m);
	if (src->waiting_mono_ns != 0)
		return src->waiting_mono_ns + patience(m);
	return INT64_MAX;
}

static struct standing
review(const struct measurement *m, const struct ask *ask)
{
	struct standing st = { .overdue_ns = INT64_MAX };
	const struct source *src;
	unsigned i;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		st.heard += src->nsamples > 0 && !src->noselect;
		st.asked += src->sent > 0;
		st.open += is_refused(src, ask) ? select_awaited(src, ask)
						: !src->done || src->looking_up;
		st.awaited += !is_refused(src, ask) && select_awaited(src, ask);
		st.overdue_ns =
		    num_min(st.overdue_ns, ending_overdue_ns(m, ask, src));
	}
	return st;
}

static bool
settled(struct ending *e, const struct standing *st,
    const struct measurement *m, const struct ask *ask)
{
	return !ask->all && st->heard > 0 && select_settled(&e->tally, m, ask);
}

static void
sooner(int64_t *again_ns, int64_t ns, int64_t now_ns)
{
	if (ns > now_ns && ns < *again_ns)
		*again_ns = ns;
}

/* Under --wait: whether an attempt has had its time. */
static bool
attempt_is_over(struct ending *e, const struct standing *st,
    const struct ask *ask, int64_t now_ns)
{
	if (ask->wait_ns == 0 || st->asked == 0)
		return false;
	if (e->attempt_ns == 0)
		e->attempt_ns = now_ns + ask->timeout_ns;
	return now_ns >= e->attempt_ns;
}

/*
 * Everybody has been heard, or the time is over.  That is the end, but under
 * --wait those who do not agree may do so later, and others may be heard.
 */
static enum ending_state
conclude(struct ending *e, const struct standing *st,
    const struct measurement *m, const struct ask *ask)
{
	if (ask->wait_ns == 0 || select_agreed(&e->tally, m, ask))
		return ENDING_REACHED;
	e->attempt_ns = 0; /* the next one begins */
	if (st->heard > 0 && !tally_majority(&e->tally, 0))
		return ENDING_RETRY;
	return st->open == 0 ? ENDING_REACHED : ENDING_AHEAD;
}

enum ending_state
ending_look(struct ending *e, const struct measurement *m,
    const struct ask *ask, int64_t now_ns, int64_t *again_ns)
{
	struct standing st;

	*again_ns = e->deadline_ns;
	if (now_ns >= e->deadline_ns)
		return ENDING_REACHED;
	st = review(m, ask);
	if (!settled(e, &st, m, ask))
		e->grace_ns = 0;
	else if (e->grace_ns == 0)
		e->grace_ns = now_ns + grace(m);
	if (e->grace_ns != 0 && (st.awaited == 0 || now_ns >= e->grace_ns))
		return ENDING_REACHED;
	if (st.open == 0 || attempt_is_over(e, &st, ask, now_ns))
		return conclude(e, &st, m, ask);
	sooner(again_ns, e->attempt_ns, now_ns);
	sooner(again_ns, e->grace_ns, now_ns);
	sooner(again_ns, st.overdue_ns, now_ns);
	return ENDING_AHEAD;
}

static enum fault
fault_of(const struct source *src, bool too_late)
{
	if (src->fault != FAULT_NONE)
		return src->fault; /* replies came, but none of them its own */
	if (src->addr.len == 0)
		return too_late ? FAULT_LOOKUP_SLOW : FAULT_NOT_AWAITED;
	return too_late && src->sent > 0 ? FAULT_SILENT : FAULT_NOT_AWAITED;
}

void
ending_close(struct ending *e, struct measurement *m)
{
	struct source *src;
	bool too_late;
	unsigned i;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		too_late = src->overdue || m->ended.mono_ns >= e->deadline_ns;
		if (!src->done && src->nsamples == 0)
			src->fault = fault_of(src, too_late);
		m->disturbed |= src->fault == FAULT_DISTURBED;
	}
	tally_free(&e->tally);
}
