/*
 * Intervals on an axis: offset +- bound of a source, and what was agreed on.
 *
 * A source's interval is heavy where it lies in the agreed one, so that those
 * who share it are seen at a glance; what is too far off to be drawn is an
 * arrow and words.
 */

#include "base/num.h"
#include "base/types.h"
#include "report/axis.h"
#include "report/chart.h"
#include "report/scale.h"
#include "report/words.h"

/* ---- what is behind all rows ---- */

/* The cells of a span that can be seen; empty if *from > *to. */
static void
visible(int *from, int *to, const struct axis *a, const struct span *r)
{
	*from = axis_cell(a, r->lo_ns);
	*to = axis_cell(a, r->hi_ns);
	if (*from < 0)
		*from = 0;
	if (*to >= a->cells)
		*to = a->cells - 1;
}

static void
put_span(struct chart *c, const struct axis *a, const struct span *r,
    const char *glyph, enum ink ink)
{
	int at, from, to;

	if (!r->some)
		return;
	visible(&from, &to, a, r);
	for (at = from; at <= to; at++)
		canvas_put(&c->line, c->plot + at, glyph, ink);
}

void
chart_line(struct chart *c, const struct axis *a)
{
	int zero;

	canvas_clear(&c->line, c->plot + c->cells);
	if (a == NULL)
		return;
	put_span(c, a, &c->agreed, c->glyphs->band, INK_FAINT);
	zero = axis_cell(a, 0);
	if (zero >= 0 && zero < a->cells)
		canvas_put(
		    &c->line, c->plot + zero, c->glyphs->zero, INK_FAINT);
}

/* Text beside what is drawn from cell to cell; false if there is no room. */
static bool
put_beside(struct chart *c, int from, int to, const char *text, enum ink ink)
{
	int width = style_width(text), at = to + 2;

	if (at + width > c->cells)
		at = from - 2 - width;
	if (at < 0)
		return false;
	canvas_text(&c->line, c->plot + at - 1, " ", ink);
	canvas_text(&c->line, c->plot + at, text, ink);
	canvas_text(&c->line, c->plot + at + width, " ", ink);
	return true;
}

/* ---- intervals ---- */

/* What an interval is drawn of, in the cell at. */
static const char *
piece(const struct chart *c, bool heavy, int at, int lo, int hi)
{
	const struct glyphs *g = c->glyphs;

	if (at == lo)
		return heavy ? g->heavy_open : g->open;
	if (at == hi)
		return heavy ? g->heavy_close : g->close;
	return heavy ? g->heavy : g->line;
}

static void
put_interval(struct chart *c, const struct axis *a, const struct source *src)
{
	struct span span = span_of(src);
	int lo = axis_cell(a, span.lo_ns), hi = axis_cell(a, span.hi_ns);
	int at, from, to, heavy_from = 0, heavy_to = -1;

	if (hi - lo <= 1 && num_sub(span.hi_ns, span.lo_ns) <
				num_sub(axis_at(a, 1), axis_at(a, 0)))
		return; /* narrower than a cell: the point does */
	if (c->agreed.some && scale_agrees(src))
		visible(&heavy_from, &heavy_to, a, &c->agreed);
	visible(&from, &to, a, &span);
	for (at = from; at <= to; at++)
		canvas_put(&c->line, c->plot + at,
		    piece(c, at >= heavy_from && at <= heavy_to, at, lo, hi),
		    chart_ink(src));
	if (lo < 0 && to >= 0)
		canvas_put(&c->line, c->plot, c->glyphs->left, chart_ink(src));
	if (hi >= a->cells && from < a->cells)
		canvas_put(&c->line, c->plot + a->cells - 1, c->glyphs->right,
		    chart_ink(src));
}

/* "+251 ms >": too far off to be drawn, and in which direction. */
static void
put_far(struct chart *c, const struct source *src, bool left)
{
	const struct glyphs *g = c->glyphs;
	char offset[NUM_TEXT_SIZE], text[3 * NUM_TEXT_SIZE];
	int at, width;

	num_text(offset, src->offset_ns, NUM_SIGNED, c->style.micro);
	snprintf(text, sizeof(text), " %s %s ", left ? g->left : offset,
	    left ? offset : g->right);
	width = style_width(text) - 1;
	at = left ? -1 : c->cells - width;
	if (width <= c->cells)
		canvas_text(&c->line, c->plot + at, text, chart_ink(src));
	else
		canvas_put(&c->line, c->plot + (left ? 0 : c->cells - 1),
		    left ? g->left : g->right, chart_ink(src));
}

bool
chart_source(struct chart *c, const struct axis *a, const struct source *src)
{
	int at = axis_cell(a, src->offset_ns), from, to;
	bool told = scale_agrees(src) || src->status == STATUS_OUTVOTED;
	struct span span = span_of(src);
	char reason[WORDS_SIZE];

	put_interval(c, a, src);
	if (at < 0 || at >= a->cells) {
		put_far(c, src, at < 0);
		return told;
	}
	canvas_put(&c->line, c->plot + at,
	    scale_agrees(src) ? c->glyphs->point : c->glyphs->other,
	    chart_ink(src));
	if (told)
		return true;
	visible(&from, &to, a, &span);
	return put_beside(c, from, to,
	    words_reason(reason, src, &c->o->verdict), chart_ink(src));
}

/* ---- those who agree ---- */

void
chart_agreed(struct chart *c, const struct axis *a)
{
	char offset[NUM_TEXT_SIZE], bound[NUM_TEXT_SIZE], text[80];
	const struct verdict *v = &c->o->verdict;
	int from, to;

	if (!c->agreed.some)
		return;
	chart_line(c, a);
	canvas_text(&c->line, c->lettered ? 4 : 2, "agreed", INK_GOOD);
	put_span(c, a, &c->agreed, c->glyphs->agreed, INK_GOOD);
	num_text(offset, v->offset_ns, NUM_SIGNED, c->style.micro);
	num_text(bound, v->bound_ns, NUM_SHORT, c->style.micro);
	snprintf(
	    text, sizeof(text), "%s %s %s", offset, c->style.plus_minus, bound);
	visible(&from, &to, a, &c->agreed);
	put_beside(c, from, to, text, INK_GOOD);
	canvas_print(c->f, &c->line, &c->style);
}
