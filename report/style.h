#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include <stdbool.h>
#include <stdio.h>

/* What the place that is written to can show. */
struct style {
	const char *plus_minus, *micro;
	bool utf8;     /* its letters, beyond ASCII */
	bool colour;   /* asked for by nobody, and not forbidden */
	bool terminal; /* a person looks at it now, through so many columns */
	int columns;   /* 80 where nothing says otherwise */
};

struct style style_for(FILE *);

/* The columns that text takes: the continuation bytes of UTF-8 take none. */
int style_width(const char *text);

/* Text, and spaces behind or before it, to so many columns. */
void style_left(FILE *, const char *text, int columns);
void style_right(FILE *, const char *text, int columns);

/*
 * Text from column at on, folded between words where it would reach beyond so
 * many columns (0: never); it goes on below at indent, which is 1 or more.
 */
void style_fold(FILE *, const char *text, int at, int indent, int columns);

/* A sentence and its end of line; a terminal gets it folded between words. */
void style_sentence(FILE *, const char *text, const struct style *);

/*
 * Makes what a terminal would take for a command, or what is not ASCII, a
 * question mark: names are chosen by anybody.
 */
void style_hide(char *text);
#endif
