#ifndef REPORT_CANVAS_H
#define REPORT_CANVAS_H

#include <stdio.h>

struct style;

#define CANVAS_MAX 1000 /* columns, no less than style.columns can be */

enum ink { INK_PLAIN, INK_GOOD, INK_BAD, INK_FAINT };

/* A line that is drawn cell by cell, and then printed. */
struct canvas {
	int columns;
	struct cell {
		char glyph[5]; /* one letter; "": a space */
		enum ink ink;
	} cells[CANVAS_MAX];
};

/* What lines are drawn of, in the letters that the place has. */
struct glyphs {
	const char *point, *other;                    /* agrees, does not */
	const char *open, *line, *close;              /* an interval */
	const char *heavy_open, *heavy, *heavy_close; /* where all agree */
	const char *left, *right;                     /* further out */
	const char *band, *agreed;                    /* where all agree */
	const char *zero;                             /* the local clock */
	const char *axis, *tick, *origin, *side, *notch, *corner;
	const char *falling, *rising; /* the wedge */
	const char *dots;             /* was left out */
};

const struct glyphs *glyphs_for(const struct style *);

void canvas_clear(struct canvas *, int columns);

/* What lies outside of the line is not drawn. */
void canvas_put(struct canvas *, int at, const char *glyph, enum ink);
void canvas_text(struct canvas *, int at, const char *text, enum ink);

/* The line without the spaces at its end. */
void canvas_print(FILE *, const struct canvas *, const struct style *);
#endif
