/*
 * What --wait adds: watching for a network, for names and for servers that are
 * not there yet, and saying what is waited for.
 */

#include "net/vigil.h"

#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/types.h"
#include "net/online.h"

#define CALM_NS     (10 * NS_PER_MS)  /* changes come in bursts, */
#define BURST_NS    (250 * NS_PER_MS) /* of which name servers see little */
#define PATIENCE_NS (500 * NS_PER_MS) /* before anything is said */
#define EAGER_NS    (30 * NS_PER_S)   /* so long names are asked every 1 s, */
#define SELDOM      4                 /* and then every 4 s */

static const char *const words[] = { [FOR_NETWORK] = "waiting for a network",
	[FOR_DNS] = "waiting for DNS",
	[FOR_SERVER] = "waiting for a server" };

void
vigil_open(struct vigil *v, const struct ask *ask, int64_t now_ns)
{
	*v = (struct vigil){ .ask = ask, .fd = -1, .began_ns = now_ns };
	if (ask->wait_ns == 0)
		return;
	v->tick_ns = now_ns + NS_PER_S;
	v->show_ns = now_ns + PATIENCE_NS;
	v->fd = online_open();
}

void
vigil_read(struct vigil *v)
{
	online_read(v->fd);
	v->changed = true;
}

static enum vigil_for
waits_for(const struct measurement *m)
{
	bool asked = false, unsent = false, unresolved = false;
	const struct source *src;
	unsigned i;

	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		asked |= src->sent > 0;
		unsent |= src->unsent;
		unresolved |= src->addr.len == 0 && !src->done && !src->resting;
	}
	if (!asked && (unsent || !online_now()))
		return FOR_NETWORK;
	return unresolved ? FOR_DNS : FOR_SERVER;
}

static void
show(struct vigil *v, const struct measurement *m, int64_t now_ns)
{
	char gone[NUM_TEXT_SIZE], all[NUM_TEXT_SIZE];
	enum vigil_for what = waits_for(m);

	if ((v->told & 1U << what) == 0)
		log_notice("%s", words[what]);
	v->told |= 1U << what;
	log_live("%s: %s of %s", words[what],
	    num_text(gone, now_ns - v->began_ns, NUM_SHORT, "u"),
	    num_text(all, v->ask->wait_ns, NUM_SHORT, "u"));
}

/* The network has changed; changes come in bursts. */
static unsigned
network_due(struct vigil *v, int64_t now_ns)
{
	if (!v->changed || now_ns < v->seen_ns + CALM_NS)
		return 0;
	v->changed = false;
	v->seen_ns = now_ns;
	v->hurried = true;
	return VIGIL_NETWORK;
}

/* Each second for a while, and then every fourth. */
static unsigned
tick(struct vigil *v, int64_t now_ns)
{
	if (now_ns < v->tick_ns)
		return 0;
	v->tick_ns = now_ns + NS_PER_S;
	v->ticks++;
	if (v->ticks % SELDOM == 0)
		return VIGIL_NAMES | VIGIL_MOVED;
	return now_ns - v->began_ns <= EAGER_NS + CALM_NS ? VIGIL_NAMES : 0;
}

/*
 * Between the ticks, after a change, only names of which no lookup is under
 * way: too many of those that hang would keep later ones from being begun.
 */
static unsigned
names_due(struct vigil *v, int64_t now_ns)
{
	unsigned due = tick(v, now_ns);

	if (due == 0 && v->hurried && now_ns >= v->named_ns + BURST_NS) {
		due = VIGIL_IDLE;
		v->named_ns = now_ns;
	}
	if (due != 0)
		v->hurried = false;
	return due;
}

unsigned
vigil_due(struct vigil *v, const struct measurement *m, int64_t now_ns,
    int64_t *again_ns)
{
	unsigned due;

	*again_ns = INT64_MAX;
	if (v->ask->wait_ns == 0)
		return 0;
	due = network_due(v, now_ns);
	due |= names_due(v, now_ns);
	if (now_ns >= v->show_ns) {
		show(v, m, now_ns);
		v->show_ns = v->tick_ns; /* one waking a second for both */
	}
	*again_ns = num_min(v->tick_ns, v->show_ns);
	if (v->changed)
		*again_ns = num_min(*again_ns, v->seen_ns + CALM_NS);
	if (v->hurried)
		*again_ns = num_min(*again_ns, v->named_ns + BURST_NS);
	return due;
}

void
vigil_close(struct vigil *v)
{
	if (v->told != 0)
		log_live(NULL);
	if (v->fd != -1)
		close(v->fd);
}
