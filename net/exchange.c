/*
 * The poll loop: who is asked when, and when it is enough.
 *
 * One loop over all requests that are out, at most INFLIGHT_MAX of them; it
 * sleeps until a packet comes or the next thing is due.  What a packet means is
 * request.c's business, who is to be asked roster.c's, and when it is enough
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
#include "base/types.h"
#include "net/ending.h"
#include "net/request.h"
#include "net/roster.h"

#define INFLIGHT_MAX 256
#define SLOT_NS      (1 * NS_PER_S) /* others wait: a slot silent so long goes */

struct exchange {
	struct measurement *m;
	const struct ask *ask;
	struct roster roster;
	struct ending ending;
	struct request requests[INFLIGHT_MAX];
	struct pollfd polled[INFLIGHT_MAX + 1]; /* [0] is the roster's */
	unsigned nrequests;
	unsigned window;      /* how many may be out: INFLIGHT_MAX or fewer */
	struct source *again; /* asked before, in order of the last time */
	struct source **again_end;
	struct instant last; /* when we looked at the clocks */
	int64_t now_ns;      /* monotonic, as all moments here */
	int64_t precision_ns;
};

/* ---- who is asked when ---- */

/* At most samples + 2 requests to an address, never more than 8. */
static bool
wants_more(const struct exchange *x, const struct source *src)
{
	return !src->done && src->sent < x->ask->samples + 2 &&
	       src->sent < REQUESTS_MAX;
}

static void
drop_request(struct exchange *x, unsigned i)
{
	request_close(&x->requests[i]);
	x->nrequests--;
	x->requests[i] = x->requests[x->nrequests];
	x->polled[i + 1] = x->polled[x->nrequests + 1];
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

/* When the next source may be asked again; INT64_MAX: there is none. */
static int64_t
again_ns(struct exchange *x)
{
	while (x->again != NULL && !wants_more(x, x->again))
		if ((x->again = x->again->next) == NULL)
			x->again_end = &x->again;
	return x->again == NULL ? INT64_MAX
				: x->again->asked_mono_ns + x->ask->interval_ns;
}

static struct source *
next_due(struct exchange *x)
{
	struct source *src = roster_fresh(&x->roster);

	if (src != NULL || again_ns(x) > x->now_ns)
		return src;
	src = x->again;
	if ((x->again = src->next) == NULL)
		x->again_end = &x->again;
	return src;
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
	return (src->done || src->refused_mono_ns != 0) && src->nsamples == 0;
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
		src->fault = FAULT_UNREACHABLE;
		src->error = errno;
		src->done = true;
		return roster_replace(&x->roster, src);
	}
	if (src->sent == 0) {
		roster_put_back(&x->roster, src);
	} else {
		if ((src->next = x->again) == NULL)
			x->again_end = &src->next;
		x->again = src;
	}
	return 0;
}

static int
ask_one(struct exchange *x, struct source *src)
{
	struct request *r = &x->requests[x->nrequests];

	if (!request_send(r, src, x->ask))
		return put_back(x, src);
	if (r->fd != -1) {
		x->nrequests++;
		x->polled[x->nrequests] =
		    (struct pollfd){ .fd = r->fd, .events = POLLIN };
	}
	src->next = NULL;
	if (wants_more(x, src)) {
		*x->again_end = src;
		x->again_end = &src->next;
	}
	return has_failed(src) ? roster_replace(&x->roster, src) : 0;
}

static int
ask_all_due(struct exchange *x)
{
	struct source *src;

	while (make_room(x) && (src = next_due(x)) != NULL)
		if (ask_one(x, src) == -1)
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
		if (x->polled[i + 1].revents == 0)
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

/*
 * Whether src can be asked again, now that its samples mean nothing, nor a
 * delay that could not be.
 */
static bool
renew(struct exchange *x, struct source *src)
{
	if (src->fault == FAULT_NONE || src->fault == FAULT_DELAY) {
		src->done = false;
		src->fault = FAULT_DISTURBED;
	}
	src->nsamples = 0;
	src->overdue = false;
	src->waiting_mono_ns = 0;
	src->asked_mono_ns = x->now_ns; /* not before an interval from now */
	if (!wants_more(x, src)) {
		src->done = true;
		return false;
	}
	src->next = NULL;
	*x->again_end = src;
	x->again_end = &src->next;
	return true;
}

static int
begin_anew(struct exchange *x)
{
	struct source *src;
	unsigned i;

	log_verbose("somebody set the clock: measuring again");
	while (x->nrequests > 0)
		drop_request(x, x->nrequests - 1);
	x->again = NULL;
	x->again_end = &x->again;
	for (i = 0; i < x->m->nsources; i++) {
		src = x->m->sources[i];
		if (src->sent > 0 && !renew(x, src) &&
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
		if (ending_overdue_ns(x->m, src) > x->now_ns)
			continue;
		src->overdue = true;
		if (roster_replace(&x->roster, src) == -1)
			return -1;
	}
	return 0;
}

/* Whether it is enough.  While someone was never asked, it is not. */
static bool
enough(struct exchange *x, int64_t *wake_ns)
{
	if (x->roster.fresh != NULL) {
		*wake_ns = x->ending.deadline_ns;
		return x->now_ns >= *wake_ns;
	}
	return ending_reached(&x->ending, x->m, x->ask, x->now_ns, wake_ns);
}

/* When the next request can go out, at the latest. */
static int64_t
next_request_ns(struct exchange *x)
{
	int64_t due_ns = x->roster.fresh != NULL ? x->now_ns : again_ns(x);
	int64_t room_ns = INT64_MAX;
	unsigned i;

	if (x->nrequests < x->window)
		return due_ns;
	for (i = 0; i < x->nrequests; i++)
		if (x->requests[i].sent_mono_ns + SLOT_NS < room_ns)
			room_ns = x->requests[i].sent_mono_ns + SLOT_NS;
	return due_ns > room_ns ? due_ns : room_ns;
}

/* Sleeps until something comes in, but not beyond wake_ns. */
static int
sleep_until(struct exchange *x, int64_t wake_ns)
{
	int64_t ns = wake_ns - now_mono_ns();
	int64_t ms = ns <= 0 ? 0 : (ns + NS_PER_MS - 1) / NS_PER_MS;

	x->polled[0] =
	    (struct pollfd){ .fd = roster_fd(&x->roster), .events = POLLIN };
	if (poll(x->polled, x->nrequests + 1,
		ms > INT_MAX ? INT_MAX : (int)ms) == -1)
		return errno == EINTR ? 0 : -1;
	return 0;
}

static int
run(struct exchange *x)
{
	int64_t wake_ns, send_ns;

	for (;;) {
		if (look(x) == -1 || roster_update(&x->roster) == -1 ||
		    mark_overdue(x) == -1 || ask_all_due(x) == -1)
			return -1;
		if (enough(x, &wake_ns))
			return 0;
		send_ns = next_request_ns(x);
		if (sleep_until(x, send_ns < wake_ns ? send_ns : wake_ns) == -1)
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
	x->again_end = &x->again;
	x->precision_ns = now_precision_ns();
	now_all(&x->last);
	m->began_mono_ns = x->last.mono_ns;
	x->ending.deadline_ns = m->began_mono_ns + ask->timeout_ns;
	if (roster_open(&x->roster, m, ask) == 0)
		result = run(x);
	m->ended = x->last;
	while (x->nrequests > 0)
		drop_request(x, x->nrequests - 1);
	ending_close(&x->ending, m);
	roster_close(&x->roster);
	free(x);
	return result;
}
