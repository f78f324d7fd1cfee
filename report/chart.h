#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include <stdbool.h>
#include <stdio.h>

#include "report/canvas.h"
#include "report/scale.h"
#include "report/style.h"

struct axis;
struct outcome;
struct source;

/* What the parts of a chart share. */
struct chart {
	FILE *f;
	const struct outcome *o;
	const struct glyphs *glyphs;
	struct style style;
	int plot;      /* the column in which the axes begin */
	int cells;     /* the columns from there on */
	bool scatter;  /* some source has several samples */
	bool lettered; /* and each a letter, by which samples name it */
	unsigned char *addresses; /* of each server_spec; 2: or more */
	struct span agreed;       /* what those have in common who agree */
	struct canvas line;
};

/* The letter of the nth source that was measured. */
const char *chart_letter(char buf[2], const struct chart *, unsigned nth);

enum ink chart_ink(const struct source *);

/*
 * A fresh line, with the interval that was agreed on and the local clock in it;
 * without an axis a blank one.
 */
void chart_line(struct chart *, const struct axis *);

/*
 * The interval of a source that was measured, or in which direction it is;
 * false if there was no room to say why it was not used.
 */
bool chart_source(struct chart *, const struct axis *, const struct source *);

/* The interval that was agreed on once more, with its name and in numbers. */
void chart_agreed(struct chart *, const struct axis *);

/*
 * An axis of offsets, its labels, and where the local clock is; corner is where
 * it meets another axis.
 */
void chart_axis(struct chart *, const struct axis *, const char *corner);

/* The samples, each over its delay; above it stood an axis of offsets. */
void wedge_print(struct chart *, const struct axis *above);
#endif
