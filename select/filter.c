/*
 * From the samples of one address to what it says.
 *
 * The sample with the least delay has the least room for error (RFC 5905,
 * section 10); the others tell how much they scatter around it.  A clock that
 * is being slewed is another one at every sample, so all of them are brought up
 * to the same instant.
 */

#include "select/filter.h"

#include "base/now.h"
#include "base/num.h"
#include "base/types.h"

static const struct sample *
least_delay(const struct source *src)
{
	const struct sample *best = &src->samples[0];
	unsigned i;

	for (i = 1; i < src->nsamples; i++)
		if (src->samples[i].delay_ns < best->delay_ns)
			best = &src->samples[i];
	return best;
}

/*
 * True time lies within offset +- bound if the server's figures and 15 ppm
 * hold: the root distance of RFC 5905, section 11.2, without MINDISP, which
 * would hide how good a LAN is.
 */
static int64_t
bound(const struct sample *s, const struct instant *now)
{
	int64_t elapsed_ns = s->took_ns + (now->mono_ns - s->at.mono_ns);

	return (s->delay_ns + s->facts.root_delay_ns + 1) / 2 +
	       s->facts.root_disp_ns + s->precision_ns +
	       elapsed_ns / 1000 * DRIFT_PPM / 1000 + 1;
}

/* What a slew has done since is no longer to be done. */
static int64_t
offset_at(const struct sample *s, const struct instant *now, double rate)
{
	return num_sub(s->offset_ns, now_moved_ns(&s->at, now, rate));
}

/* Root mean square of the distances to the best sample: RFC 5905, section 10.
 */
static int64_t
jitter(const struct source *src, const struct instant *now, double rate)
{
	double d, sum = 0;
	int64_t offset_ns;
	unsigned i;

	if (src->nsamples < 2)
		return -1;
	for (i = 0; i < src->nsamples; i++) {
		offset_ns = offset_at(&src->samples[i], now, rate);
		d = (double)num_sub(offset_ns, src->offset_ns);
		sum += d * d;
	}
	return num_root(sum / (src->nsamples - 1));
}

void
filter_source(struct source *src, const struct instant *now, double rate)
{
	const struct sample *best = least_delay(src);

	src->offset_ns = offset_at(best, now, rate);
	src->delay_ns = best->delay_ns;
	src->bound_ns = bound(best, now);
	src->jitter_ns = jitter(src, now, rate);
	src->facts = best->facts;
	src->tx = best->tx;
	src->rx = best->rx;
}
