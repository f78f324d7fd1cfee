/*
 * Fuzzer of report/chart: any outcome, for any width.
 *
 * Whatever it is, there is a row for every source, no line is wider than the
 * place, none ends in a space, and no byte is one that a terminal would obey.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/types.h"
#include "report/report.h"
#include "report/style.h"
#include "tests/fuzz/fuzz.h"

#define SOURCES_MAX 40
#define LETTERS_MAX 40

static struct server_spec specs[SOURCES_MAX];
static char names[SOURCES_MAX][LETTERS_MAX + 1];
static struct source *sources[SOURCES_MAX];

/* Often near the others, sometimes anywhere. */
static int64_t
an_offset(struct reader *r)
{
	uint8_t how = read_u8(r);

	if (how & 1)
		return (int64_t)read_u64(r);
	return (int16_t)read_u16(r) * (how & 2 ? NS_PER_US : NS_PER_MS);
}

/* Of any magnitude, and never negative. */
static int64_t
a_size(struct reader *r)
{
	uint8_t how = read_u8(r);

	return (int64_t)(read_u64(r) >> 1 >> (how & 63));
}

static void
add_sample(struct source *src, struct reader *r)
{
	struct sample *s = &src->samples[src->nsamples++];

	s->offset_ns = an_offset(r);
	s->delay_ns = a_size(r);
}

static void
read_name(char *name, struct reader *r)
{
	size_t i, n = read_u8(r) % LETTERS_MAX;

	for (i = 0; i < n; i++)
		name[i] = (char)(1 + read_u8(r) % 255);
	name[n] = '\0';
}

static void
add_source(struct measurement *m, struct reader *r)
{
	struct source *src =
	    calloc(1, sizeof(*src) + SAMPLES_MAX * sizeof(struct sample));
	uint8_t how = read_u8(r);

	HOLDS(src != NULL);
	src->spec = how & 0x80 ? 0 : m->nsources;
	src->status = (enum status)(read_u8(r) % STATUS__MAX);
	src->fault = (enum fault)(read_u8(r) % FAULT__MAX);
	src->offset_ns = an_offset(r);
	src->bound_ns = a_size(r);
	read_name(names[m->nsources], r);
	sources[m->nsources++] = src;
	for (how &= 15; how > 0 && src->nsamples < SAMPLES_MAX; how--)
		add_sample(src, r);
}

/* ---- the judge ---- */

static bool
is_letter(const char *line, int i, bool utf8)
{
	unsigned char c = (unsigned char)line[i];

	return (c >= ' ' && c <= '~') || (utf8 && c >= 0x80);
}

static void
check_line(const char *line, int columns, bool utf8)
{
	int i;

	HOLDS(style_width(line) <= columns);
	for (i = 0; line[i] != '\0'; i++)
		HOLDS(is_letter(line, i, utf8));
	HOLDS(i == 0 || line[i - 1] != ' ');
}

static void
check_lines(char *text, unsigned nsources, int columns, bool utf8)
{
	unsigned rows = 0;
	char *line, *end;

	for (line = text; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		HOLDS(end != NULL);
		*end = '\0';
		rows += line[0] != '\0' && strchr("*+x-", line[0]) != NULL;
		check_line(line, columns, utf8);
	}
	HOLDS(rows >= nsources);
}

/* The sentence below folds where there is room to. */
static void
check_chart(const struct outcome *o, int columns, bool utf8)
{
	char number[16], *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	HOLDS(f != NULL);
	snprintf(number, sizeof(number), "%d", columns);
	HOLDS(setenv("COLUMNS", number, 1) == 0);
	HOLDS(setenv("LC_ALL", utf8 ? "C.UTF-8" : "C", 1) == 0);
	chart_print(f, NULL, o);
	HOLDS(fclose(f) == 0);
	check_lines(text, o->m.nsources, columns, utf8);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct reader r = reader_of(bytes, n);
	struct ask ask = { .servers = specs, .nservers = SOURCES_MAX };
	struct outcome o = { .ask = &ask, .m = { .sources = sources } };
	int columns = 20 + read_u16(&r) % 981;
	bool utf8 = read_u8(&r) & 1;
	unsigned i;

	for (i = 0; i < SOURCES_MAX; i++)
		specs[i].name = names[i];
	memset(names, 0, sizeof(names));
	o.verdict.kind = (enum verdict_kind)(read_u8(&r) & 3);
	o.verdict.offset_ns = an_offset(&r);
	o.verdict.bound_ns = a_size(&r);
	while (r.left > 0 && !r.bad && o.m.nsources < SOURCES_MAX)
		add_source(&o.m, &r);
	check_chart(&o, columns, utf8);
	while (o.m.nsources > 0)
		free(sources[--o.m.nsources]);
	return 0;
}
