/*
 * JSON: one object on one line.
 *
 * Keys may be added, never renamed, and every key is always there; a number
 * that is not known is null.  Seconds have nine decimals, printed from
 * integers.  contrib/ntpsync.schema.json says what may stand where.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/addr.h"
#include "base/date.h"
#include "base/exits.h"
#include "base/num.h"
#include "base/types.h"
#include "ntp_proto.h"
#include "report/letters.h"
#include "report/report.h"
#include "report/words.h"

static const char *const leaps[] = { "none", "insert", "delete",
	"unsynchronised" };
static const char *const stamps[] = { "user", "kernel" };

/* An object that is being written: a comma is due before all but the first. */
struct object {
	FILE *f;
	bool begun;
};

static struct object
object_begin(FILE *f)
{
	fputc('{', f);
	return (struct object){ f, false };
}

static void
put_key(struct object *o, const char *key)
{
	fprintf(o->f, "%s\"%s\":", o->begun ? "," : "", key);
	o->begun = true;
}

/* One letter as a string of JSON may hold it; returns its bytes. */
static size_t
put_letter(FILE *f, const char *p)
{
	struct letter l = letter_at(p);

	if (!l.plain)
		fprintf(f, "\\u%04" PRIx32, l.code);
	if (l.code == '"' || l.code == '\\')
		fputc('\\', f);
	if (l.plain)
		fwrite(p, 1, l.size, f);
	return l.size;
}

/* NULL: not known. */
static void
put_text(struct object *o, const char *key, const char *text)
{
	put_key(o, key);
	if (text == NULL) {
		fputs("null", o->f);
		return;
	}
	fputc('"', o->f);
	while (*text != '\0')
		text += put_letter(o->f, text);
	fputc('"', o->f);
}

static void
put_seconds(struct object *o, const char *key, bool known, int64_t ns)
{
	char text[NUM_TEXT_SIZE];

	put_key(o, key);
	fputs(known ? num_seconds(text, ns) : "null", o->f);
}

static void
put_number(struct object *o, const char *key, bool known, int n)
{
	put_key(o, key);
	if (known)
		fprintf(o->f, "%d", n);
	else
		fputs("null", o->f);
}

static const char *
status_of(const struct outcome *o)
{
	switch (report_status(o)) {
	case EXIT_DONE:
		return "ok";
	case EXIT_NO_ANSWER:
		return "no-answer";
	case EXIT_NO_MAJORITY:
		return "no-majority";
	case EXIT_REFUSED:
		return "refused";
	default:
		return "failed";
	}
}

static void
put_time(struct object *o, bool known, int64_t real_ns)
{
	struct date d = date_of(real_ns);
	char text[64];

	snprintf(text, sizeof(text),
	    "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%09" PRId64 "Z", d.year,
	    d.month, d.day, d.hour, d.minute, d.second, d.ns);
	put_text(o, "time", known ? text : NULL);
}

static void
put_action(struct object *outer, const struct outcome *out)
{
	static const char *const states[] = { "null", "false", "true" };
	const struct clock_action *a = &out->action;
	bool moves = report_moves(out);
	bool slews = moves && a->kind == CLOCK_SLEW;
	struct object o;

	put_key(outer, "action");
	o = object_begin(outer->f);
	put_text(&o, "kind", words_action(a));
	put_key(&o, "dry_run");
	fputs(out->dry_run ? "true" : "false", o.f);
	put_seconds(&o, "offset", true, moves ? a->offset_ns : 0);
	put_text(&o, "reason", a->why);
	put_seconds(&o, "takes", slews, a->takes_ns);
	put_seconds(&o, "took", slews && a->took_ns != 0, a->took_ns);
	put_seconds(&o, "pending", a->begun, a->pending_ns);
	put_key(&o, "synchronised");
	fputs(states[a->synchronised + 1], o.f);
	fputc('}', o.f);
}

/* What the server said of itself: known once it has answered. */
static void
put_facts(struct object *o, const struct source *src)
{
	bool known = src->received > 0;
	char refid[NTP_REFID_SIZE] = "";

	if (known)
		ntp_refid_text(refid, &src->facts, src->addr.ss.ss_family);
	put_seconds(o, "root_delay", known, src->facts.root_delay_ns);
	put_seconds(o, "root_dispersion", known, src->facts.root_disp_ns);
	put_number(o, "stratum", known, src->facts.stratum);
	put_text(o, "refid", refid);
	put_text(o, "leap", known ? leaps[src->facts.leap] : NULL);
	put_number(o, "precision", known, src->facts.precision);
	put_number(o, "version", known, src->facts.version);
}

static void
put_source(FILE *f, const struct outcome *out, const struct source *src)
{
	const struct server_spec *spec = &out->ask->servers[src->spec];
	bool known = src->nsamples > 0;
	struct object o = object_begin(f);
	char text[WORDS_SIZE];

	put_text(&o, "server", spec->name);
	put_text(&o, "address", addr_text(text, &src->addr));
	put_number(&o, "port", true, spec->port);
	put_text(&o, "status", words_status(src));
	put_text(&o, "reason", words_reason(text, src, &out->verdict));
	put_seconds(&o, "offset", known, src->offset_ns);
	put_seconds(&o, "delay", known, src->delay_ns);
	put_seconds(&o, "bound", known, src->bound_ns);
	put_seconds(&o, "jitter", src->jitter_ns != -1, src->jitter_ns);
	put_facts(&o, src);
	put_number(&o, "sent", true, (int)src->sent);
	put_number(&o, "received", true, (int)src->received);
	put_number(&o, "rejected", true, (int)src->rejected);
	put_text(&o, "kiss", src->kiss);
	put_text(&o, "auth", "none");
	put_text(&o, "tx_timestamp", known ? stamps[src->tx] : NULL);
	put_text(&o, "rx_timestamp", known ? stamps[src->rx] : NULL);
	fputc('}', f);
}

static void
put_sources(struct object *o, const struct outcome *out)
{
	unsigned i;

	put_key(o, "sources");
	fputc('[', o->f);
	for (i = 0; i < out->m.nsources; i++) {
		if (i > 0)
			fputc(',', o->f);
		put_source(o->f, out, out->m.sources[i]);
	}
	fputc(']', o->f);
}

void
json_print(FILE *f, const struct report_to *to, const struct outcome *out)
{
	const struct verdict *v = &out->verdict;
	bool known = v->kind == VERDICT_AGREED;
	struct object o = object_begin(f);

	(void)to;
	put_number(&o, "schema", true, 1);
	put_text(&o, "program", out->program);
	put_time(&o, known, report_time_ns(out));
	put_text(&o, "status", status_of(out));
	put_seconds(&o, "offset", known, v->offset_ns);
	put_seconds(&o, "bound", known, v->bound_ns);
	put_seconds(&o, "jitter", known && v->jitter_ns != -1, v->jitter_ns);
	put_number(&o, "stratum", known, v->stratum);
	put_text(&o, "leap", known ? leaps[v->leap] : NULL);
	put_text(&o, "servers_from", out->servers_from);
	put_seconds(
	    &o, "elapsed", true, out->m.ended.mono_ns - out->m.began_mono_ns);
	put_action(&o, out);
	put_sources(&o, out);
	fputs("}\n", f);
}
