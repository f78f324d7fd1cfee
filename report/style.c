/*
 * What the place that is written to can show: letters, colours, columns.
 *
 * A terminal that says so gets the letters of UTF-8 and a little colour, and
 * lines that fit; a file gets the same lines wherever it was written.
 */

#include "report/style.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/num.h"

#define COLUMNS     80
#define COLUMNS_MIN 20
#define COLUMNS_MAX 1000

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

/* What somebody wants, else what the terminal has, else the usual. */
static int
columns_of(FILE *f)
{
	const char *wanted = getenv("COLUMNS");
	struct winsize size;
	unsigned n;

	if (wanted != NULL && num_whole(&n, wanted, COLUMNS_MIN, COLUMNS_MAX))
		return (int)n;
	if (ioctl(fileno(f), TIOCGWINSZ, &size) == 0 &&
	    size.ws_col >= COLUMNS_MIN && size.ws_col <= COLUMNS_MAX)
		return size.ws_col;
	return COLUMNS;
}

struct style
style_for(FILE *f)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	bool utf8 = speaks_utf8(), terminal = isatty(fileno(f)) == 1;

	return (struct style){ .plus_minus = utf8 ? "±" : "+/-",
		.micro = utf8 ? "µ" : "u",
		.utf8 = utf8,
		.colour = terminal &&
			  (no_colour == NULL || *no_colour == '\0') &&
			  (term == NULL || strcmp(term, "dumb") != 0),
		.terminal = terminal,
		.columns = columns_of(f) };
}

/* The columns that so many bytes of text take. */
static int
width_of(const char *text, size_t n)
{
	int columns = 0;

	for (; n > 0; n--, text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

int
style_width(const char *text)
{
	return width_of(text, strlen(text));
}

/* What is missing to so many columns. */
static int
padding(const char *text, int columns)
{
	int width = style_width(text);

	return columns > width ? columns - width : 0;
}

void
style_left(FILE *f, const char *text, int columns)
{
	fprintf(f, "%s%*s", text, padding(text, columns), "");
}

void
style_right(FILE *f, const char *text, int columns)
{
	fprintf(f, "%*s%s", padding(text, columns), "", text);
}

void
style_fold(FILE *f, const char *text, int at, int indent, int columns)
{
	size_t n;
	int width;

	for (; *text != '\0'; text += n) {
		n = strcspn(text + 1, " ") + 1; /* with the space before it */
		width = width_of(text, n);
		if (columns != 0 && *text == ' ' && at + width > columns)
			at = fprintf(f, "\n%*s", indent - 1, "") - 1;
		fwrite(text, 1, n, f);
		at += width;
	}
}

void
style_sentence(FILE *f, const char *text, const struct style *style)
{
	style_fold(f, text, 0, 2, style->terminal ? style->columns : 0);
	fputc('\n', f);
}

void
style_hide(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}
