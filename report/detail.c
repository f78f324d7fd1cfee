/*
 * What -v adds: a line for every server and one for every sample of it.
 *
 * For people who look into a server; it goes to stderr, so that the report
 * stays what scripts rely on.
 */

#include <string.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "report/report.h"
#include "report/words.h"

static void
tell_sample(const struct sample *s)
{
	static const char *const stamps[] = { "user", "kernel" };

	log_verbose("    offset %+.9f s, delay %.9f s, stamps: %s out, %s in",
	    (double)s->offset_ns / 1e9, (double)s->delay_ns / 1e9,
	    stamps[s->tx], stamps[s->rx]);
}

static void
tell_source(const struct outcome *o, const struct source *src)
{
	const struct server_spec *spec = &o->ask->servers[src->spec];
	const struct facts *f = &src->facts;
	char address[ADDR_TEXT_SIZE], refid[NTP_REFID_SIZE];
	char reason[WORDS_SIZE];
	unsigned i;

	words_reason(reason, src, &o->verdict);
	if (strcmp(reason, words_status(src)) == 0)
		reason[0] = '\0'; /* one word says it */
	log_verbose("%s [%s]:%u: %s%s%s; %u sent, %u received, %u rejected",
	    spec->name, addr_text(address, &src->addr), spec->port,
	    words_status(src), reason[0] != '\0' ? ": " : "", reason, src->sent,
	    src->received, src->rejected);
	if (src->received > 0)
		log_verbose("    version %u, leap %u, stratum %u, refid %s, "
			    "precision 2^%d s, root delay %.6f s, "
			    "root dispersion %.6f s",
		    f->version, f->leap, f->stratum,
		    ntp_refid_text(refid, f, src->addr.ss.ss_family),
		    f->precision, (double)f->root_delay_ns / 1e9,
		    (double)f->root_disp_ns / 1e9);
	for (i = 0; i < src->nsamples; i++)
		tell_sample(&src->samples[i]);
}

void
report_detail(const struct outcome *o)
{
	unsigned i;

	if (!log_wants(LEVEL_VERBOSE))
		return;
	for (i = 0; i < o->m.nsources; i++)
		tell_source(o, o->m.sources[i]);
}
