/*
 * A picture of what selection saw: every source's interval, offset +- bound, on
 * one axis, and the interval that was agreed on.
 *
 * It is as wide as the terminal, or as COLUMNS says, wherever it goes; names
 * give way to it.
 */

#include "report/chart.h"

#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/num.h"
#include "base/types.h"
#include "report/axis.h"
#include "report/report.h"
#include "report/scale.h"
#include "report/words.h"

#define NAME_SIZE   (256 + ADDR_TEXT_SIZE)
#define LETTERS     26
#define NAMES_LEAST 6 /* columns, for "agreed" */

enum ink
chart_ink(const struct source *src)
{
	if (scale_agrees(src))
		return INK_GOOD;
	return src->status == STATUS_OUTVOTED ? INK_BAD : INK_PLAIN;
}

const char *
chart_letter(char buf[2], const struct chart *c, unsigned nth)
{
	buf[0] = c->lettered ? (char)('a' + nth) : '\0';
	buf[1] = '\0';
	return buf[0] != '\0' ? buf : c->glyphs->point;
}

/* ---- names ---- */

/* Takes out of the middle what is too much; the text is ASCII. */
static void
cut(char *text, int columns, const char *dots)
{
	size_t n = strlen(text), keep, head, size = strlen(dots);

	if (n <= (size_t)columns)
		return;
	keep = (size_t)(columns - style_width(dots));
	head = keep / 2;
	/* Dots are no longer, in bytes, than what they stand for, or room. */
	memmove(text + head + size, text + n - (keep - head), keep - head + 1);
	memcpy(text + head, dots, size);
}

/* The name, and the address where the name has several. */
static const char *
name_of(char buf[NAME_SIZE], const struct chart *c, const struct source *src)
{
	char address[ADDR_TEXT_SIZE];
	const char *name = c->o->ask->servers[src->spec].name;

	addr_text(address, &src->addr);
	if (c->addresses == NULL || c->addresses[src->spec] < 2 ||
	    strcmp(address, name) == 0)
		address[0] = '\0';
	snprintf(buf, NAME_SIZE - 4, "%s%s%s", name,
	    address[0] != '\0' ? " " : "", address);
	style_hide(buf);
	cut(buf, c->style.columns / 3, c->glyphs->dots);
	return buf;
}

static void
count_addresses(struct chart *c)
{
	const struct measurement *m = &c->o->m;
	unsigned i;

	c->addresses = calloc(c->o->ask->nservers, sizeof(*c->addresses));
	if (c->addresses == NULL)
		return; /* then there are no addresses */
	for (i = 0; i < m->nsources; i++)
		if (c->addresses[m->sources[i]->spec] < 2)
			c->addresses[m->sources[i]->spec]++;
}

/* ---- rows ---- */

/* The bytes of text that fit into a line: up to a space, if there is one. */
static size_t
fitting(const char *text, int columns)
{
	size_t n = strlen(text), i;

	if (n <= (size_t)columns)
		return n;
	for (i = (size_t)columns; i > 0; i--)
		if (text[i] == ' ')
			return i;
	return (size_t)columns;
}

/* In words, in as many lines as it takes, why it was not used. */
static void
print_reason(struct chart *c, const struct axis *a, const struct source *src)
{
	char reason[WORDS_SIZE], part[WORDS_SIZE];
	const char *p = reason;
	size_t n;

	words_reason(reason, src, &c->o->verdict);
	style_hide(reason);
	for (;;) {
		n = fitting(p, c->cells);
		snprintf(part, sizeof(part), "%.*s ", (int)n, p);
		canvas_text(&c->line, c->plot, part, INK_PLAIN);
		canvas_print(c->f, &c->line, &c->style);
		p += n;
		p += strspn(p, " ");
		if (*p == '\0')
			return;
		chart_line(c, a);
	}
}

static void
print_row(struct chart *c, const struct axis *a, const struct source *src,
    const char *letter)
{
	const char mark[] = { text_mark(src), '\0' };
	char name[NAME_SIZE];
	bool told;

	chart_line(c, a);
	canvas_text(&c->line, 0, mark, chart_ink(src));
	if (c->lettered)
		canvas_text(&c->line, 2, letter, chart_ink(src));
	canvas_text(
	    &c->line, c->lettered ? 4 : 2, name_of(name, c, src), INK_PLAIN);
	if (src->nsamples > 0) {
		told = chart_source(c, a, src);
		canvas_print(c->f, &c->line, &c->style);
		if (told)
			return;
		chart_line(c, a);
	}
	print_reason(c, a, src);
}

static void
print_rows(struct chart *c, const struct axis *a)
{
	const struct source *src;
	unsigned i, nth = 0;
	char letter[2];

	for (i = 0; i < c->o->m.nsources; i++) {
		src = c->o->m.sources[i];
		print_row(c, a, src,
		    src->nsamples > 0 ? chart_letter(letter, c, nth++) : "");
	}
}

/* ---- the whole ---- */

/* The columns: marks, letters, names, and the rest is for the picture. */
static void
lay_out(struct chart *c)
{
	const struct measurement *m = &c->o->m;
	unsigned i, measured = 0, most = 0;
	char name[NAME_SIZE];
	int width, names = NAMES_LEAST;

	for (i = 0; i < m->nsources; i++) {
		width = style_width(name_of(name, c, m->sources[i]));
		names = width > names ? width : names;
		measured += m->sources[i]->nsamples > 0;
		if (m->sources[i]->nsamples > most)
			most = m->sources[i]->nsamples;
	}
	c->lettered = most > 1 && measured <= LETTERS;
	c->plot = 2 + (c->lettered ? 2 : 0) + names + 2;
	c->cells = c->style.columns - c->plot;
	c->scatter = most > 1;
}

static void
print_chart(struct chart *c)
{
	struct span span = scale_offsets(c->o);
	struct axis a = axis_over(
	    span.lo_ns, span.hi_ns, scale_base(c->o, &span), c->cells, false);

	print_rows(c, span.some ? &a : NULL);
	if (!span.some)
		return;
	chart_agreed(c, &a);
	chart_axis(c, &a, "");
	if (c->scatter)
		wedge_print(c, &a);
}

void
chart_print(FILE *f, const struct report_to *to, const struct outcome *o)
{
	struct chart c = { .f = f, .o = o, .style = style_for(f) };

	(void)to;
	c.glyphs = glyphs_for(&c.style);
	c.agreed = scale_agreed(o);
	c.style.terminal = true; /* a picture has its width wherever it goes */
	if (o->m.nsources > 0) {
		count_addresses(&c);
		lay_out(&c);
		print_chart(&c);
		free(c.addresses);
	}
	text_sentences(f, o, &c.style);
}
