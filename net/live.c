/*
 * "asking 4 servers ... 2 of 4 answered", on a terminal, once a run takes
 * longer than a person calls at once.  With --wait there is another line: see
 * vigil.c.
 */

#include "net/live.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/types.h"

#define SOON_NS (250 * NS_PER_MS)

void
live_open(struct live *l, const struct ask *ask, int64_t now_ns)
{
	bool looked_at = ask->wait_ns == 0 && log_has_live();

	*l = (struct live){ .ask = ask,
		.begins_ns = looked_at ? now_ns + SOON_NS : INT64_MAX };
}

/* How many votes have a reply, whatever it says, and who has most samples. */
static void
count(const struct measurement *m, unsigned *heard, unsigned *samples)
{
	bool *seen = calloc(m->nvotes + 1, sizeof(*seen));
	const struct source *src;
	unsigned i;

	*heard = *samples = 0;
	for (i = 0; i < m->nsources; i++) {
		src = m->sources[i];
		if (src->nsamples > *samples)
			*samples = src->nsamples;
		if (seen == NULL || src->received == 0 || seen[src->vote])
			continue;
		seen[src->vote] = true;
		*heard += 1;
	}
	free(seen);
}

int64_t
live_show(struct live *l, const struct measurement *m, int64_t now_ns)
{
	const char *s = m->nvotes == 1 ? "" : "s";
	unsigned heard, samples;

	if (now_ns < l->begins_ns)
		return l->begins_ns;
	count(m, &heard, &samples);
	if (l->begins_ns == 0 && heard == l->heard && samples == l->samples)
		return INT64_MAX;
	if (l->ask->samples == 1)
		log_live("asking %u server%s ... %u of %u answered", m->nvotes,
		    s, heard, m->nvotes);
	else
		log_live("asking %u server%s ... %u of %u answered, sample %u "
			 "of %u",
		    m->nvotes, s, heard, m->nvotes, samples, l->ask->samples);
	l->begins_ns = 0;
	l->heard = heard;
	l->samples = samples;
	return INT64_MAX;
}

void
live_close(struct live *l)
{
	if (l->begins_ns == 0)
		log_live(NULL);
}
