/*
 * The axis of offsets: a line with ticks, what they mean, and the local clock.
 */

#include "base/num.h"
#include "base/types.h"
#include "report/axis.h"
#include "report/chart.h"

/* Text with its middle in a column, moved to where the line has room. */
static int
place(const struct chart *c, int middle, int width)
{
	int at = middle - width / 2, most = c->line.columns - width;

	if (at > most)
		at = most;
	return at < 0 ? 0 : at;
}

static void
print_labels(struct chart *c, const struct axis *a)
{
	char label[AXIS_LABEL_SIZE];
	int64_t ns;
	int at, end = -1;

	canvas_clear(&c->line, c->plot + c->cells);
	for (ns = axis_first(a); ns <= a->hi_ns; ns += a->step_ns) {
		axis_label(label, a, ns, c->style.micro);
		at = place(c, c->plot + axis_cell(a, ns), style_width(label));
		if (at <= end)
			continue;
		canvas_text(&c->line, at, label, INK_PLAIN);
		end = at + style_width(label);
	}
	canvas_print(c->f, &c->line, &c->style);
}

/* Where it is, or in which direction; and what 0 is, if it is not that. */
static void
print_local_clock(struct chart *c, const struct axis *a)
{
	int zero = axis_cell(a, 0);
	char text[96], base[NUM_TEXT_SIZE];

	num_text(base, a->base_ns, NUM_SIGNED, c->style.micro);
	snprintf(text, sizeof(text), "%s%slocal clock%s%s%s%s%s",
	    zero < 0 ? c->glyphs->left : "", zero < 0 ? " " : "",
	    zero >= a->cells ? " " : "",
	    zero >= a->cells ? c->glyphs->right : "",
	    a->base_ns != 0 ? " (0 is " : "", a->base_ns != 0 ? base : "",
	    a->base_ns != 0 ? ")" : "");
	if (zero < 0)
		zero = style_width(text) / 2;
	canvas_clear(&c->line, c->plot + c->cells);
	canvas_text(&c->line, place(c, c->plot + zero, style_width(text)), text,
	    INK_FAINT);
	canvas_print(c->f, &c->line, &c->style);
}

void
chart_axis(struct chart *c, const struct axis *a, const char *corner)
{
	int64_t ns;
	int at;

	canvas_clear(&c->line, c->plot + c->cells);
	canvas_put(&c->line, c->plot - 1, corner, INK_PLAIN);
	for (at = 0; at < a->cells; at++)
		canvas_put(&c->line, c->plot + at, c->glyphs->axis, INK_PLAIN);
	for (ns = axis_first(a); ns <= a->hi_ns; ns += a->step_ns)
		canvas_put(&c->line, c->plot + axis_cell(a, ns),
		    c->glyphs->tick, INK_PLAIN);
	if (axis_cell(a, 0) >= 0)
		canvas_put(&c->line, c->plot + axis_cell(a, 0),
		    c->glyphs->origin, INK_PLAIN);
	canvas_print(c->f, &c->line, &c->style);
	print_labels(c, a);
	print_local_clock(c, a);
}
