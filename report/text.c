/*
 * Text for people: a table of the servers, and the outcome in a sentence.
 *
 * Every column is as wide as its widest cell.  A terminal that says so gets the
 * letters of UTF-8 and a little colour; nobody else does.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/date.h"
#include "base/num.h"
#include "base/types.h"
#include "report/report.h"
#include "report/words.h"

#define NAME_SIZE (256 + ADDR_TEXT_SIZE)

/* What the place that is written to can show. */
struct style {
	const char *plus_minus, *micro;
	bool colour;
};

/* The widths of the columns, in characters. */
struct widths {
	int name, offset, bound, delay;
};

struct row {
	char mark;
	char name[NAME_SIZE];
	char stratum[4];
	char offset[NUM_TEXT_SIZE], bound[NUM_TEXT_SIZE], delay[NUM_TEXT_SIZE];
	char reason[WORDS_SIZE];
};

static const char marks[STATUS__MAX] = {
	[STATUS_BEST] = '*',
	[STATUS_AGREES] = '+',
	[STATUS_OUTVOTED] = 'x',
};

/* The first of these that is set and not empty decides, as for setlocale(). */
static bool
speaks_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value, *dot;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((value = getenv(names[i])) != NULL && *value != '\0') {
			dot = strrchr(value, '.');
			value = dot != NULL ? dot + 1 : value;
			return strncasecmp(value, "utf-8", 5) == 0 ||
			       strncasecmp(value, "utf8", 4) == 0;
		}
	return false;
}

static struct style
style_for(FILE *f)
{
	const char *no_colour = getenv("NO_COLOR");
	bool utf8 = speaks_utf8();

	return (struct style){ utf8 ? "±" : "+/-", utf8 ? "µ" : "u",
		(no_colour == NULL || *no_colour == '\0') &&
		    isatty(fileno(f)) };
}

/* The columns that text takes: the continuation bytes of UTF-8 take none. */
static int
width(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* What is missing to so many columns. */
static int
padding(const char *text, int columns)
{
	return columns > width(text) ? columns - width(text) : 0;
}

static void
put_left(FILE *f, const char *text, int columns)
{
	fprintf(f, "%s%*s", text, padding(text, columns), "");
}

static void
put_right(FILE *f, const char *text, int columns)
{
	fprintf(f, "%*s%s", padding(text, columns), "", text);
}

/* What a terminal would take for a command, or what is not ASCII, is hidden. */
static char
shown(char c)
{
	return c < ' ' || c > '~' ? '?' : c;
}

/* An address of IPv6 may name an interface, and that is named by anybody. */
static void
name_of(char buf[NAME_SIZE], const struct server_spec *spec,
    const struct source *src)
{
	char address[ADDR_TEXT_SIZE];

	addr_text(address, &src->addr);
	if (address[0] == '\0' || strcmp(address, spec->name) == 0)
		snprintf(buf, NAME_SIZE, "%s", spec->name);
	else
		snprintf(buf, NAME_SIZE, "%s %s", spec->name, address);
	for (; *buf != '\0'; buf++)
		*buf = shown(*buf);
}

static void
fill_row(struct row *row, const struct outcome *o, const struct source *src,
    const struct style *style)
{
	*row = (struct row){ .mark = '-' };
	if (marks[src->status] != '\0')
		row->mark = marks[src->status];
	name_of(row->name, &o->ask->servers[src->spec], src);
	words_reason(row->reason, src, &o->verdict);
	if (src->nsamples == 0)
		return;
	snprintf(row->stratum, sizeof(row->stratum), "%u", src->facts.stratum);
	num_text(row->offset, src->offset_ns, NUM_SIGNED, style->micro);
	num_text(row->bound, src->bound_ns, NUM_SHORT, style->micro);
	num_text(row->delay, src->delay_ns, NUM_SHORT, style->micro);
}

static void
widen(int *columns, const char *text)
{
	if (width(text) > *columns)
		*columns = width(text);
}

static struct widths
measure(const struct outcome *o, const struct style *style)
{
	struct widths w = { 28, 9, width(style->plus_minus) + 6, 6 };
	struct row row;
	unsigned i;

	for (i = 0; i < o->m.nsources; i++) {
		fill_row(&row, o, o->m.sources[i], style);
		widen(&w.name, row.name);
		widen(&w.offset, row.offset);
		widen(&w.bound, row.bound);
		widen(&w.delay, row.delay);
	}
	return w;
}

static void
put_head(FILE *f, const struct widths *w, const struct style *style)
{
	char bound[16];

	snprintf(bound, sizeof(bound), "%s bound", style->plus_minus);
	fputs("  ", f);
	put_left(f, "server", w->name);
	fputs(" stratum   ", f);
	put_left(f, "offset", w->offset);
	fputs("   ", f);
	put_right(f, bound, w->bound);
	fputs("    delay\n", f);
}

static const char *
colour_of(char mark)
{
	return mark == '*' ? "\033[32m" : mark == 'x' ? "\033[31m" : "";
}

static void
put_row(FILE *f, const struct row *row, const struct widths *w,
    const struct style *style)
{
	const char *colour = style->colour ? colour_of(row->mark) : "";

	fprintf(f, "%s%c%s ", colour, row->mark, *colour ? "\033[0m" : "");
	put_left(f, row->name, w->name);
	fputc(' ', f);
	put_right(f, row->stratum, 7);
	fputs("   ", f);
	put_left(f, row->offset, w->offset);
	fputs("   ", f);
	put_right(f, row->bound, w->bound);
	fputs("    ", f);
	put_left(f, row->delay, row->reason[0] == '\0' ? 0 : w->delay);
	fprintf(f, "%s%s\n", row->reason[0] == '\0' ? "" : "   ", row->reason);
}

/* "local clock is 1.25 ms behind, +/- 0.8 ms; 2 of 3 servers ... agree" */
static void
put_verdict(FILE *f, const struct outcome *o, const struct style *style)
{
	const struct verdict *v = &o->verdict;
	char size[NUM_TEXT_SIZE], bound[NUM_TEXT_SIZE], why[WORDS_SIZE];
	char date[DATE_TEXT_SIZE];

	if (v->kind == VERDICT_NONE)
		return;
	if (v->kind != VERDICT_AGREED) {
		fprintf(f, "%s\n", words_verdict(why, v));
		return;
	}
	num_text(bound, v->bound_ns, NUM_SHORT, style->micro);
	fprintf(f, "local clock is %s %s, %s %s",
	    num_text(size, v->offset_ns, NUM_PLAIN, style->micro),
	    v->offset_ns < 0 ? "ahead" : "behind", style->plus_minus, bound);
	if (v->votes == 1)
		fputs("; one server answered", f);
	else
		fprintf(f, "; %u of %u servers that answered agree",
		    v->agreeing, v->votes);
	if (num_abs(v->offset_ns) >= NS_PER_S)
		fprintf(
		    f, "; the time is %s", date_text(date, report_time_ns(o)));
	fputc('\n', f);
}

static const char *
verb_of(const struct outcome *o)
{
	if (o->action.kind == CLOCK_STEP)
		return o->dry_run ? "would step" : "stepped";
	if (o->dry_run)
		return "would slew";
	return o->action.took_ns != 0 ? "slewed" : "slewing";
}

/* "stepped forward 1.25 ms", "slewing back 1.25 ms, which takes 3.4 s" */
static void
put_movement(FILE *f, const struct outcome *o, const struct style *style)
{
	const struct clock_action *a = &o->action;
	char size[NUM_TEXT_SIZE], takes[NUM_TEXT_SIZE];

	fprintf(f, "%s %s %s", verb_of(o),
	    a->offset_ns < 0 ? "back" : "forward",
	    num_text(size, a->offset_ns, NUM_PLAIN, style->micro));
	if (a->kind == CLOCK_SLEW)
		fprintf(f, "%s %s", a->took_ns != 0 ? " in" : ", which takes",
		    num_text(takes, a->took_ns != 0 ? a->took_ns : a->takes_ns,
			NUM_SHORT, style->micro));
	if (num_abs(a->offset_ns) <= (uint64_t)a->bound_ns)
		fputs(", within the error", f);
}

static void
put_action(FILE *f, const struct outcome *o, const struct style *style)
{
	const struct clock_action *a = &o->action;
	char notes[WORDS_SIZE];

	if (a->failed || a->kind == CLOCK_REFUSE)
		fprintf(f, "%s%s", a->failed ? "" : "refused: ", a->why);
	else if (a->kind != CLOCK_LEAVE) {
		put_movement(f, o, style);
		if (a->why[0] != '\0')
			fprintf(f, "; %s", a->why);
	} else if (a->why[0] != '\0')
		fputs(a->why, f);
	else
		return;
	fprintf(f, "%s\n", words_notes(notes, a, style->micro));
}

/* The name of a file below /run may be a stranger's. */
static void
put_from(FILE *f, const char *from)
{
	fputs("servers from ", f);
	for (; *from != '\0'; from++)
		fputc(shown(*from), f);
	fputc('\n', f);
}

void
text_print(FILE *f, const struct outcome *o)
{
	struct style style = style_for(f);
	struct widths w = measure(o, &style);
	struct row row;
	unsigned i;

	if (o->m.nsources > 0)
		put_head(f, &w, &style);
	for (i = 0; i < o->m.nsources; i++) {
		fill_row(&row, o, o->m.sources[i], &style);
		put_row(f, &row, &w, &style);
	}
	if (o->found)
		put_from(f, o->servers_from);
	put_verdict(f, o, &style);
	put_action(f, o, &style);
}
