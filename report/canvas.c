/*
 * Lines that are drawn cell by cell: letters, and the ink they are drawn with.
 */

#include "report/canvas.h"

#include <stdbool.h>
#include <string.h>

#include "report/style.h"

static const struct glyphs letters = {
	.point = "●",
	.other = "○",
	.open = "├",
	.line = "─",
	.close = "┤",
	.heavy_open = "┣",
	.heavy = "━",
	.heavy_close = "┫",
	.left = "◀",
	.right = "▶",
	.band = "░",
	.agreed = "▀",
	.zero = "┊",
	.axis = "─",
	.tick = "┬",
	.origin = "┼",
	.side = "│",
	.notch = "┤",
	.corner = "└",
	.falling = "╲",
	.rising = "╱",
	.dots = "…",
};

static const struct glyphs ascii = {
	.point = "o",
	.other = "o",
	.open = "|",
	.line = "-",
	.close = "|",
	.heavy_open = "|",
	.heavy = "=",
	.heavy_close = "|",
	.left = "<",
	.right = ">",
	.band = ":",
	.agreed = "^",
	.zero = "'",
	.axis = "-",
	.tick = "+",
	.origin = "+",
	.side = "|",
	.notch = "+",
	.corner = "+",
	.falling = "\\",
	.rising = "/",
	.dots = "..",
};

const struct glyphs *
glyphs_for(const struct style *style)
{
	return style->utf8 ? &letters : &ascii;
}

void
canvas_clear(struct canvas *c, int columns)
{
	c->columns = columns < CANVAS_MAX ? columns : CANVAS_MAX;
	memset(c->cells, 0, (size_t)c->columns * sizeof(c->cells[0]));
}

/* The bytes of the letter that text begins with. */
static size_t
letter_size(const char *text)
{
	size_t n = 1;

	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void
canvas_put(struct canvas *c, int at, const char *glyph, enum ink ink)
{
	if (at < 0 || at >= c->columns)
		return;
	snprintf(c->cells[at].glyph, sizeof(c->cells[at].glyph), "%s", glyph);
	c->cells[at].ink = ink;
}

void
canvas_text(struct canvas *c, int at, const char *text, enum ink ink)
{
	char glyph[5];
	size_t n;

	for (; *text != '\0'; text += n, at++) {
		n = letter_size(text);
		snprintf(glyph, sizeof(glyph), "%.*s", (int)n, text);
		canvas_put(c, at, glyph, ink);
	}
}

static const char *
colour_of(enum ink ink)
{
	static const char *const colours[] = {
		[INK_PLAIN] = "\033[0m",
		[INK_GOOD] = "\033[32m",
		[INK_BAD] = "\033[31m",
		[INK_FAINT] = "\033[2m",
	};

	return colours[ink];
}

static bool
is_blank(const struct cell *cell)
{
	return cell->glyph[0] == '\0' || strcmp(cell->glyph, " ") == 0;
}

/* Changes the ink where the next letter has another one. */
static void
dip(FILE *f, enum ink *now, enum ink next)
{
	if (*now == next)
		return;
	if (*now != INK_PLAIN)
		fputs(colour_of(INK_PLAIN), f);
	if (next != INK_PLAIN)
		fputs(colour_of(next), f);
	*now = next;
}

void
canvas_print(FILE *f, const struct canvas *c, const struct style *style)
{
	enum ink now = INK_PLAIN;
	int i, end = c->columns;

	while (end > 0 && is_blank(&c->cells[end - 1]))
		end--;
	for (i = 0; i < end; i++) {
		if (style->colour && !is_blank(&c->cells[i]))
			dip(f, &now, c->cells[i].ink);
		fputs(is_blank(&c->cells[i]) ? " " : c->cells[i].glyph, f);
	}
	dip(f, &now, INK_PLAIN);
	fputc('\n', f);
}
