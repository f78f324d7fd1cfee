/*
 * The samples themselves: each one over its delay, the wedge scattergram.
 *
 * A packet that was held up on its way there makes an offset too large by half
 * of that, on its way back too small.  So all honest samples lie between two
 * lines that rise from the one with the least delay: what is outside of them no
 * delay can explain.
 */

#include <stdint.h>

#include "base/now.h"
#include "base/num.h"
#include "base/types.h"
#include "report/axis.h"
#include "report/chart.h"
#include "report/report.h"
#include "report/scale.h"

#define ROWS  10
#define WORTH 3 /* of the axis above this part will do for it */

struct wedge {
	struct chart *c;
	struct span offsets, delays; /* to be drawn */
	struct axis x, y;
	const struct source *best; /* it has a wedge; NULL: nobody has */
	const struct sample *apex;
	unsigned beyond; /* so many samples were left out */
};

/* As select/filter.c has it: what a slew has done since is done. */
static int64_t
offset_of(const struct wedge *w, const struct sample *s)
{
	const struct outcome *o = w->c->o;

	return num_sub(
	    s->offset_ns, now_moved_ns(&s->at, &o->m.ended, o->ask->rate));
}

/* ---- what to draw ---- */

/* The best source, if its samples differ. */
static void
find_apex(struct wedge *w)
{
	const struct sample *s;

	w->best = report_best(w->c->o);
	if (w->best == NULL || w->best->nsamples < 2) {
		w->best = NULL;
		return;
	}
	w->apex = w->best->samples;
	for (s = w->apex; s < w->best->samples + w->best->nsamples; s++)
		if (s->delay_ns < w->apex->delay_ns)
			w->apex = s;
}

/* Half of what a sample's delay exceeds the least by. */
static int64_t
half_of(const struct wedge *w, int64_t delay_ns)
{
	return num_sub(delay_ns, w->apex->delay_ns) / 2;
}

static void
add_sample(struct wedge *w, const struct sample *s)
{
	int64_t offset_ns = offset_of(w, s);

	span_add(&w->offsets, offset_ns, offset_ns);
	span_add(&w->delays, s->delay_ns, s->delay_ns);
}

/* The best source's samples, and its wedge as high as they are. */
static void
add_wedge(struct wedge *w)
{
	int64_t middle_ns = offset_of(w, w->apex), half_ns;
	unsigned i;

	for (i = 0; i < w->best->nsamples; i++)
		add_sample(w, &w->best->samples[i]);
	half_ns = half_of(w, w->delays.hi_ns);
	span_add(&w->offsets, num_sub(middle_ns, half_ns),
	    num_add(middle_ns, half_ns));
}

/* Every sample that is near enough. */
static void
add_near(struct wedge *w, const struct span *x, const struct span *y)
{
	const struct measurement *m = &w->c->o->m;
	const struct sample *s;
	unsigned i, k;

	for (i = 0; i < m->nsources; i++)
		for (k = 0; k < m->sources[i]->nsamples; k++) {
			s = &m->sources[i]->samples[k];
			if (span_has(x, offset_of(w, s)) &&
			    span_has(y, s->delay_ns))
				add_sample(w, s);
		}
}

static void
choose(struct wedge *w, const struct axis *above)
{
	struct span x = { above->lo_ns, above->hi_ns, true };
	struct span y = { 0, INT64_MAX, true };

	find_apex(w);
	if (w->best != NULL) {
		add_wedge(w);
		x = span_around(&w->offsets);
		y = span_around(&w->delays);
	}
	add_near(w, &x, &y);
}

/* The axis above, unless all would be in one place of it. */
static struct axis
offsets_axis(const struct wedge *w, const struct axis *above)
{
	int lo = axis_cell(above, w->offsets.lo_ns);
	int hi = axis_cell(above, w->offsets.hi_ns);

	if (lo >= 0 && hi < above->cells && hi - lo >= above->cells / WORTH)
		return *above;
	return axis_over(w->offsets.lo_ns, w->offsets.hi_ns,
	    scale_base(w->c->o, &w->offsets), above->cells, false);
}

/* ---- drawing ---- */

static void
put(struct wedge *w, int64_t offset_ns, const char *glyph, enum ink ink)
{
	int at = axis_cell(&w->x, offset_ns);

	if (at >= 0 && at < w->x.cells)
		canvas_put(&w->c->line, w->c->plot + at, glyph, ink);
}

static void
put_lines(struct wedge *w, int row)
{
	int64_t half_ns, middle_ns;

	if (w->best == NULL)
		return;
	half_ns = half_of(w, axis_at(&w->y, row));
	middle_ns = offset_of(w, w->apex);
	if (half_ns <= 0)
		return;
	put(w, num_sub(middle_ns, half_ns), w->c->glyphs->falling, INK_FAINT);
	put(w, num_add(middle_ns, half_ns), w->c->glyphs->rising, INK_FAINT);
}

static void
put_samples(
    struct wedge *w, int row, const struct source *src, const char *letter)
{
	const struct sample *s;

	for (s = src->samples; s < src->samples + src->nsamples; s++)
		if (axis_cell(&w->y, s->delay_ns) == row)
			put(w, offset_of(w, s), letter, chart_ink(src));
}

/* The best source comes last: it is seen where several are in one place. */
static void
put_sources(struct wedge *w, int row)
{
	const struct measurement *m = &w->c->o->m;
	char letter[2], best[2];
	const char *of_best = NULL, *own;
	unsigned i, nth = 0;

	for (i = 0; i < m->nsources; i++) {
		if (m->sources[i]->nsamples == 0)
			continue;
		if (m->sources[i] == w->best) {
			of_best = chart_letter(best, w->c, nth++);
			continue;
		}
		own = chart_letter(letter, w->c, nth++);
		put_samples(w, row, m->sources[i], own);
	}
	if (of_best != NULL)
		put_samples(w, row, w->best, of_best);
}

/* The delay beside the row that a tick falls into. */
static void
put_delay(struct wedge *w, int row)
{
	struct chart *c = w->c;
	char label[AXIS_LABEL_SIZE];
	int64_t ns;

	canvas_put(&c->line, c->plot - 1, c->glyphs->side, INK_PLAIN);
	for (ns = axis_first(&w->y); ns <= w->y.hi_ns; ns += w->y.step_ns) {
		if (axis_cell(&w->y, ns) != row)
			continue;
		axis_label(label, &w->y, ns, c->style.micro);
		canvas_put(&c->line, c->plot - 1, c->glyphs->notch, INK_PLAIN);
		canvas_text(&c->line, c->plot - 2 - style_width(label), label,
		    INK_PLAIN);
	}
}

static void
print_plane(struct wedge *w)
{
	struct chart *c = w->c;
	int row;

	for (row = ROWS - 1; row >= 0; row--) {
		canvas_clear(&c->line, c->plot + c->cells);
		put_lines(w, row);
		put_sources(w, row);
		put_delay(w, row);
		canvas_print(c->f, &c->line, &c->style);
	}
}

static void
count_beyond(struct wedge *w)
{
	const struct measurement *m = &w->c->o->m;
	const struct sample *s;
	unsigned i, k;
	int x, y;

	for (i = 0; i < m->nsources; i++)
		for (k = 0; k < m->sources[i]->nsamples; k++) {
			s = &m->sources[i]->samples[k];
			x = axis_cell(&w->x, offset_of(w, s));
			y = axis_cell(&w->y, s->delay_ns);
			w->beyond +=
			    x < 0 || x >= w->x.cells || y < 0 || y >= ROWS;
		}
}

void
wedge_print(struct chart *c, const struct axis *above)
{
	struct wedge w = { .c = c };
	char text[64];

	choose(&w, above);
	if (!w.offsets.some)
		return;
	w.x = offsets_axis(&w, above);
	w.y = axis_over(w.delays.lo_ns, w.delays.hi_ns, 0, ROWS, true);
	count_beyond(&w);
	fprintf(c->f, "\n%*s\n", c->plot - 2, "delay");
	print_plane(&w);
	chart_axis(c, &w.x, c->glyphs->corner);
	if (w.beyond == 0)
		return;
	snprintf(text, sizeof(text), "%u %s too far off to be drawn here",
	    w.beyond, w.beyond == 1 ? "sample is" : "samples are");
	style_sentence(c->f, text, &c->style);
}
