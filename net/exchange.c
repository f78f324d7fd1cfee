/*
 * The poll loop: who is asked when, and when it is enough.
 *
 * One loop over all requests that are out, at most INFLIGHT_MAX of them; it
 * sleeps until a packet comes or the next thing is due.  What a packet means is
 * request.c's business, who is to be asked roster.c's, who may be asked again
 * turns.c's, what --wait is watching for vigil.c's, and when it is enough
 * ending.c's.
 *
 * When somebody sets the local clock meanwhile, what was measured is the offset
 * of a clock that is gone: all of it is thrown away, and everybody is asked
 * again.
 */

#include "net/exchange.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "net/ending.h"
#include "net/live.h"
#include "net/request.h"
#include "net/roster.h"
#include "net/turns.h"
#include "net/vigil.h"

#define INFLIGHT_MAX 256
#define POLLED_MORE  2              /* [0] is the roster's, [1] the vigil's */
#define SLOT_NS      (1 * NS_PER_S) /* others wait: a slot silent so long goes */

struct exchange {
	struct measurement *m;
	const struct ask *ask;
	struct roster roster;
	struct turns turns;
	struct ending ending;
	struct vigil vigil;
	struct live live;
	struct request requests[INFLIGHT_MAX];
	struct pollfd polled[INFLIGHT_MAX + POLLED_MORE];
	unsigned nrequests;
	unsigned window;     /* how many may be out: INFLIGHT_MAX or fewer */
	struct instant last; /* when we looked at the clocks */
	int64_t now_ns;      /* monotonic, as all moments here */
	int64_t precision_ns;
};

/* ---- who is asked when ---- */

static void
drop_request(struct exchange *x, unsigned i)
{
	request_close(&x->requests[i]);
	x->window = INFLIGHT_MAX; /* now there may be a descriptor again */
	x->nrequests--;
	x->requests[i] = x->requests[x->nrequests];
	x->polled[i + POLLED_MORE] = x->polled[x->nrequests + POLLED_MORE];
}

/* Room for one more: a request that has been silent for long makes way. */
static bool
make_room(struct exchange *x)
{
	unsigned i;

	if (x->nrequests < x->window)
		return true;
	for (i = 0; i < x->nrequests; i++)
		if (x->now_ns - x->requests[i].sent_mono_ns >= SLOT_NS) {
			drop_request(x, i);
			return true;
		}
	return false;
}

static bool
anybody_due(const struct exchange *x)
{
	return x->roster.fresh != NULL || turns_when(&x->turns) <= x->now_ns;
}

static struct source *
next_due(struct exchange *x)
{
	struct source *src = roster_fresh(&x->roster);

	return src != NULL ? src : turns_next(&x->turns, x->now_ns);
}

static void
note_round_trip(struct exchange *x, int64_t took_ns)
{
	if (took_ns > x->m->slowest_ns)
		x->m->slowest_ns = took_ns;
}

/* It gives nothing, or so it is said. */
static bool
has_failed(const struct source *src)
{
	return (src->done || src->resting || src->unsent ||
		   src->refused_mono_ns != 0) &&
	       src->nsamples == 0;
}

/*
 * There are fewer descriptors than hoped: src waits for one that another
 * request gives back, or fails when there is none to wait for.
 */
static int
put_back(struct exchange *x, struct source *src)
{
	x->window = x->nrequests;
	if (x->window == 0) {
		x->window = INFLIGHT_MAX;
		request_give_up(src, x->ask, errno);
		turns_add(&x->turns, src);
		return roster_replace(&x->roster, src);
	}
	if (src->asked_mono_ns == 0)
		roster_put_back(&x->roster, src);
	else
		turns_put_back(&x->turns, src);
	return 0;
}

static int
ask_one(struct exchange *x, struct source *src)
{
	struct request *r = &x->requests[x->nrequests];

	if (!request_send(r, src, x->ask))
		return put_back(x, src);
	if (r->fd != -1)
		x->polled[x->nrequests++ + POLLED_MORE] =
		    (struct pollfd){ .fd = r->fd, .events = POLLIN };
	turns_add(&x->turns, src);
	return has_failed(src) ? roster_replace(&x->roster, src) : 0;
}

static int
ask_all_due(struct exchange *x)
{
	struct source *src;

	while (anybody_due(x) && make_room(x))
		if ((src = next_due(x)) != NULL && ask_one(x, src) == -1)
			return -1;
	return 0;
}

/* ---- what comes in ---- */

static int
receive_all(struct exchange *x)
{
	struct source *src;
	bool had_failed;
	unsigned i;

	for (i = x->nrequests; i-- > 0;) { /* the last one may move to i */
		if (x->polled[i + POLLED_MORE].revents == 0)
			continue;
		src = x->requests[i].src;
		had_failed = has_failed(src);
		if (request_receive(&x->requests[i], x->ask, x->precision_ns))
			drop_request(x, i);
		if (src->nsamples > 0)
			note_round_trip(
			    x, src->samples[src->nsamples - 1].took_ns);
		else if (!had_failed && has_failed(src) &&
			 roster_replace(&x->roster, src) == -1)
			return -1;
	}
	return 0;
}

/* ---- somebody sets the clock ---- */

static int
begin_anew(struct exchange *x)
{
	struct source *src;
	unsigned i;

	log_verbose("somebody set the clock: measuring again");
	while (x->nrequests > 0)
		drop_request(x, x->nrequests - 1);
	turns_open(&x->turns, x->ask);
	for (i = 0; i < x->m->nsources; i++) {
		src = x->m->sources[i];
		if (src->asked_mono_ns != 0 &&
		    !turns_renew(&x->turns, src, x->now_ns) &&
		    roster_replace(&x->roster, src) == -1)
			return -1;
	}
	return 0;
}

/* What time it is, and whether by the same clock as before. */
static int
look(struct exchange *x)
{
	struct instant before = x->last;

	now_all(&x->last);
	x->now_ns = x->last.mono_ns;
	return now_undisturbed(&before, &x->last, x->ask->rate) ? 0
								: begin_anew(x);
}

/* ---- the loop ---- */

/* Nobody waits any longer for who has been silent for so long. */
static int
mark_overdue(struct exchange *x)
{
	struct source *src;
	unsigned i;

	if (x->roster.fresh != NULL)
		return 0; /* there is something better to do */
	for (i = 0; i < x->m->nsources; i++) {
		src = x->m->sources[i];
		if (ending_overdue_ns(x->m, x->ask, src) > x->now_ns)
			continue;
		src->overdue = true;
		if (roster_replace(&x->roster, src) == -1)
			return -1;
	}
	return 0;
}

/* Under --wait: what they said did not do. */
static void
retry(struct exchange *x)
{
	struct source *src;
	unsigned i;

	for (i = 0; i < x->m->nsources; i++) {
		src = x->m->sources[i];
		if (src->done && src->nsamples > 0)
			turns_retry(&x->turns, src);
	}
}

/* Whether it is enough.  While someone was never asked, it is not. */
static bool
enough(struct exchange *x, int64_t *wake_ns)
{
	enum ending_state state;

	if (x->roster.fresh != NULL) {
		*wake_ns = x->ending.deadline_ns;
		return x->now_ns >= *wake_ns;
	}
	state = ending_look(&x->ending, x->m, x->ask, x->now_ns, wake_ns);
	if (state == ENDING_RETRY)
		retry(x);
	return state == ENDING_REACHED;
}

/* When the next request can go out, at the latest. */
static int64_t
next_request_ns(struct exchange *x)
{
	int64_t due_ns =
	    x->roster.fresh != NULL ? x->now_ns : turns_when(&x->turns);
	int64_t room_ns = INT64_MAX;
	unsigned i;

	if (x->nrequests < x->window)
		return due_ns;
	for (i = 0; i < x->nrequests; i++)
		room_ns =
		    num_min(room_ns, x->requests[i].sent_mono_ns + SLOT_NS);
	return due_ns > room_ns ? due_ns : room_ns;
}

/* Sleeps until something comes in, but not beyond wake_ns. */
static int
sleep_until(struct exchange *x, int64_t wake_ns)
{
	int64_t ns = wake_ns - now_mono_ns();
	int64_t ms = ns <= 0 ? 0 : (ns + NS_PER_MS - 1) / NS_PER_MS;

	x->polled[0] = (struct pollfd){ .fd = names_fd(&x->roster.names),
		.events = POLLIN };
	x->polled[1] = (struct pollfd){ .fd = x->vigil.fd, .events = POLLIN };
	if (poll(x->polled, x->nrequests + POLLED_MORE,
		ms > INT_MAX ? INT_MAX : (int)ms) == -1)
		return errno == EINTR ? 0 : -1;
	if (x->polled[1].revents != 0)
		vigil_read(&x->vigil);
	return 0;
}

/* What --wait is watching for; when to look again. */
static int64_t
keep_vigil(struct exchange *x)
{
	int64_t again_ns;
	unsigned due = vigil_due(&x->vigil, x->m, x->now_ns, &again_ns);

	if ((due & VIGIL_NETWORK) != 0)
		turns_hurry(&x->turns);
	if ((due & VIGIL_MOVED) != 0)
		roster_look_again(&x->roster, LOOK_MOVED);
	else if ((due & VIGIL_NAMES) != 0)
		roster_look_again(&x->roster, LOOK_UNKNOWN);
	else if ((due & VIGIL_IDLE) != 0)
		roster_look_again(&x->roster, LOOK_IDLE);
	return num_min(again_ns, names_relieve(&x->roster.names, x->now_ns));
}

static int
run(struct exchange *x)
{
	int64_t wake_ns, vigil_ns;

	for (;;) {
		if (look(x) == -1 || roster_update(&x->roster) == -1 ||
		    mark_overdue(x) == -1)
			return -1;
		vigil_ns = keep_vigil(x);
		if (ask_all_due(x) == -1)
			return -1;
		if (enough(x, &wake_ns))
			return 0;
		wake_ns = num_min(wake_ns, next_request_ns(x));
		wake_ns =
		    num_min(wake_ns, live_show(&x->live, x->m, x->now_ns));
		if (sleep_until(x, num_min(wake_ns, vigil_ns)) == -1)
			return -1;
		x->now_ns = now_mono_ns();
		if (receive_all(x) == -1)
			return -1;
	}
}

int
exchange(struct measurement *m, const struct ask *ask)
{
	struct exchange *x = calloc(1, sizeof(*x));
	int result = -1;

	if (x == NULL)
		return -1;
	x->m = m;
	x->ask = ask;
	x->window = INFLIGHT_MAX;
	turns_open(&x->turns, ask);
	x->precision_ns = now_precision_ns();
	now_all(&x->last);
	m->began_mono_ns = x->last.mono_ns;
	x->ending.deadline_ns =
	    m->began_mono_ns +
	    (ask->wait_ns != 0 ? ask->wait_ns : ask->timeout_ns);
	vigil_open(&x->vigil, ask, m->began_mono_ns);
	live_open(&x->live, ask, m->began_mono_ns);
	if (roster_open(&x->roster, m, ask) == 0)
		result = run(x);
	m->ended = x->last;
	while (x->nrequests > 0)
		drop_request(x, x->nrequests - 1);
	live_close(&x->live);
	vigil_close(&x->vigil);
	ending_close(&x->ending, m);
	roster_close(&x->roster);
	free(x);
	return result;
}
