/*
 * Text for people: a table of the servers, and the outcome in a sentence.
 *
 * Every column is as wide as its widest cell.  Where that is more than a
 * terminal has, the columns move together, and what still does not fit gets a
 * line of its own; nothing is ever cut.
 */

#include <string.h>

#include "base/addr.h"
#include "base/num.h"
#include "base/types.h"
#include "report/report.h"
#include "report/sentence.h"
#include "report/style.h"
#include "report/words.h"

#define STRATUM 7  /* columns, for its head */
#define INDENT  2  /* of what goes on below a server's name */
#define BRIEF   20 /* a reason that is to fit behind the numbers */

struct row {
	char mark;
	char name[256], address[ADDR_TEXT_SIZE]; /* "": the name is it */
	char stratum[4];
	char offset[NUM_TEXT_SIZE], bound[NUM_TEXT_SIZE], delay[NUM_TEXT_SIZE];
	char reason[WORDS_SIZE];
};

/* The widths of the columns, and of what is between them. */
struct layout {
	int name, offset, bound, delay, reason;
	int least; /* name, where a line has numbers */
	int brief; /* the longest of the brief reasons behind numbers */
	int before_offset, before_bound, before_delay, before_reason;
	int columns; /* 0: as many as it takes */
};

static const char marks[STATUS__MAX] = {
	[STATUS_BEST] = '*',
	[STATUS_AGREES] = '+',
	[STATUS_OUTVOTED] = 'x',
};

char
text_mark(const struct source *src)
{
	return marks[src->status] != '\0' ? marks[src->status] : '-';
}

static void
fill_row(struct row *row, const struct outcome *o, const struct source *src,
    const struct style *style)
{
	*row = (struct row){ .mark = text_mark(src) };
	snprintf(row->name, sizeof(row->name), "%s",
	    o->ask->servers[src->spec].name);
	addr_text(row->address, &src->addr);
	if (strcmp(row->address, row->name) == 0)
		row->address[0] = '\0';
	style_hide(row->name);
	style_hide(row->address); /* of IPv6 it may name an interface */
	words_reason(row->reason, src, &o->verdict);
	if (src->nsamples == 0)
		return;
	snprintf(row->stratum, sizeof(row->stratum), "%u", src->facts.stratum);
	num_text(row->offset, src->offset_ns, NUM_SIGNED, style->micro);
	num_text(row->bound, src->bound_ns, NUM_SHORT, style->micro);
	num_text(row->delay, src->delay_ns, NUM_SHORT, style->micro);
}

/* ---- the layout ---- */

static void
widen(int *columns, int width)
{
	if (width > *columns)
		*columns = width;
}

/* A name, a space and an address. */
static int
name_width(const struct row *row)
{
	int address = style_width(row->address);

	return style_width(row->name) + (address != 0 ? 1 + address : 0);
}

/* The columns up to the end of the delay. */
static int
numbers_end(const struct layout *l)
{
	return 2 + l->name + 1 + STRATUM + l->before_offset + l->offset +
	       l->before_bound + l->bound + l->before_delay + l->delay;
}

/* Less between the columns, and two lines for those that need them. */
static void
squeeze(struct layout *l, int columns)
{
	int beyond;

	l->columns = columns;
	l->before_offset = l->before_bound = l->before_delay =
	    l->before_reason = 2;
	beyond = numbers_end(l) + l->before_reason + l->brief - columns;
	if (beyond > 0)
		l->name -= beyond;
	widen(&l->name, l->least);
}

static void
make_room(struct layout *l, const struct row *row)
{
	bool alone = row->address[0] == '\0';
	int reason = style_width(row->reason);

	widen(&l->name, name_width(row));
	widen(&l->reason, reason);
	if (row->stratum[0] == '\0')
		return;
	widen(&l->least, alone ? style_width(row->name)
			       : INDENT + style_width(row->address));
	widen(&l->brief, reason <= BRIEF ? reason : 0);
	widen(&l->offset, style_width(row->offset));
	widen(&l->bound, style_width(row->bound));
	widen(&l->delay, style_width(row->delay));
}

static struct layout
lay_out(const struct outcome *o, const struct style *style)
{
	struct layout l = { .name = 28,
		.least = 6, /* "server" */
		.offset = 9,
		.bound = style_width(style->plus_minus) + 6,
		.delay = 6,
		.before_offset = 3,
		.before_bound = 3,
		.before_delay = 4,
		.before_reason = 3 };
	struct row row;
	unsigned i;

	for (i = 0; i < o->m.nsources; i++) {
		fill_row(&row, o, o->m.sources[i], style);
		make_room(&l, &row);
	}
	if (style->terminal &&
	    numbers_end(&l) + l.before_reason + l.reason > style->columns)
		squeeze(&l, style->columns);
	return l;
}

/* ---- the table ---- */

static void
put_space(FILE *f, int columns)
{
	fprintf(f, "%*s", columns, "");
}

static void
put_head(FILE *f, const struct layout *l, const struct style *style)
{
	char bound[16];

	snprintf(bound, sizeof(bound), "%s bound", style->plus_minus);
	fputs("  ", f);
	style_left(f, "server", l->name);
	fputs(" stratum", f);
	put_space(f, l->before_offset);
	style_left(f, "offset", l->offset);
	put_space(f, l->before_bound);
	style_right(f, bound, l->bound);
	put_space(f, l->before_delay);
	fputs("delay\n", f);
}

/* Returns the column at which it ended. */
static int
put_name(FILE *f, const struct row *row, const struct layout *l)
{
	fputs(row->name, f);
	if (row->address[0] == '\0')
		return 2 + style_width(row->name);
	if (name_width(row) <= l->name) {
		fprintf(f, " %s", row->address);
		return 2 + name_width(row);
	}
	fprintf(f, "\n%*s%s", 2 + INDENT, "", row->address);
	return 2 + INDENT + style_width(row->address);
}

/* The same; at is where the name has ended. */
static int
put_numbers(FILE *f, const struct row *row, const struct layout *l, int at)
{
	put_space(f, 2 + l->name - at + 1);
	style_right(f, row->stratum, STRATUM);
	put_space(f, l->before_offset);
	style_left(f, row->offset, l->offset);
	put_space(f, l->before_bound);
	style_right(f, row->bound, l->bound);
	put_space(f, l->before_delay);
	fputs(row->delay, f);
	return numbers_end(l) - l->delay + style_width(row->delay);
}

/*
 * Behind the column of what ended at at, else on the next line, or as many as
 * it takes.
 */
static void
put_reason(FILE *f, const char *reason, int at, int end, const struct layout *l)
{
	int from = (at > end ? at : end) + l->before_reason;

	if (l->columns == 0 || from + style_width(reason) <= l->columns) {
		put_space(f, from - at);
		fputs(reason, f);
		return;
	}
	fprintf(f, "\n%*s", 2 + INDENT, "");
	style_fold(f, reason, 2 + INDENT, 2 + INDENT, l->columns);
}

static const char *
colour_of(char mark)
{
	return mark == '*' ? "\033[32m" : mark == 'x' ? "\033[31m" : "";
}

static void
put_row(FILE *f, const struct row *row, const struct layout *l,
    const struct style *style)
{
	const char *colour = style->colour ? colour_of(row->mark) : "";
	int at, end = 2 + l->name;

	fprintf(f, "%s%c%s ", colour, row->mark, *colour ? "\033[0m" : "");
	at = put_name(f, row, l);
	if (row->stratum[0] != '\0' || l->columns == 0) {
		at = put_numbers(f, row, l, at);
		end = numbers_end(l);
	}
	if (row->reason[0] != '\0')
		put_reason(f, row->reason, at, end, l);
	fputc('\n', f);
}

static void
put_sentence(FILE *f, const char *text, const struct style *style)
{
	if (text[0] != '\0')
		style_sentence(f, text, style);
}

/* Where the list came from: the file's name may be a stranger's. */
static void
put_from(FILE *f, const char *from, const struct style *style)
{
	char text[SENTENCE_SIZE];

	snprintf(text, sizeof(text), "servers from %s", from);
	style_hide(text);
	style_sentence(f, text, style);
}

void
text_sentences(FILE *f, const struct outcome *o, const struct style *style)
{
	char text[SENTENCE_SIZE];

	if (o->found)
		put_from(f, o->servers_from, style);
	put_sentence(f, sentence_verdict(text, o, style), style);
	put_sentence(f, sentence_action(text, o, style), style);
}

void
text_print(FILE *f, const struct report_to *to, const struct outcome *o)
{
	struct style style = style_for(f);
	struct layout l = lay_out(o, &style);
	struct row row;
	unsigned i;

	(void)to;
	if (o->m.nsources > 0)
		put_head(f, &l, &style);
	for (i = 0; i < o->m.nsources; i++) {
		fill_row(&row, o, o->m.sources[i], &style);
		put_row(f, &row, &l, &style);
	}
	text_sentences(f, o, &style);
}
