/*
 * Fuzzer of priv/message and priv/verify: what a measuring process that was
 * taken over may tell its parent.
 *
 * The first byte says how many servers were asked, and for how many samples.
 * Whatever is believed can be told on as the same, can be weighed and decided
 * upon, and makes a report of plain letters.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/types.h"
#include "clock/decide.h"
#include "priv/message.h"
#include "priv/verify.h"
#include "report/report.h"
#include "select/select.h"
#include "tests/fuzz/fuzz.h"

#define SERVERS  2
#define BEGAN_NS (1000 * NS_PER_S)
#define ENDED_NS (BEGAN_NS + 3 * NS_PER_S)
#define REAL_NS  (INT64_C(1795000000) * NS_PER_S)

static char literal[] = "192.0.2.1", name[] = "ntp.example.net";
static struct server_spec specs[SERVERS] = {
	{ .name = literal, .port = 123, .version = 4 },
	{ .name = name, .port = 1123, .version = 4, .pool = true, .max = 4 },
};

/* Each field again: what the parent relies on. */
static void
check_source(const struct source *src, const struct measurement *m,
    const struct ask *ask)
{
	HOLDS(src->spec < ask->nservers && src->vote < m->nvotes);
	HOLDS(src->nsamples <= ask->samples && src->fault < FAULT__MAX);
	HOLDS(src->addr.len == 0 || src->addr.ss.ss_family == AF_INET ||
	      src->addr.ss.ss_family == AF_INET6);
	HOLDS(memchr(src->kiss, '\0', sizeof(src->kiss)) != NULL);
}

static void
check_again(const struct measurement *m, const struct ask *ask,
    const struct verify_limits *limits)
{
	struct measurement twice;
	struct message msg, again;

	HOLDS(message_write(&msg, m, ask) == 0);
	HOLDS(message_read(&twice, &msg, limits) == NULL);
	HOLDS(message_write(&again, &twice, ask) == 0);
	HOLDS(msg.size == again.size &&
	      memcmp(msg.bytes, again.bytes, msg.size) == 0);
	free(msg.bytes);
	free(again.bytes);
	message_forget(&twice);
}

static void
check_report(const struct outcome *out)
{
	const struct report_to to = { .format = report_formats };
	const struct report_format *format;
	size_t i, size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	HOLDS(f != NULL);
	for (format = report_formats; format->name != NULL; format++)
		format->print(f, &to, out);
	HOLDS(fclose(f) == 0);
	for (i = 0; i < size; i++)
		HOLDS(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
}

/* What comes of it: nothing overflows, and a verdict has its bound. */
static void
go_on(struct measurement *m, const struct ask *ask)
{
	struct outcome out = { .ask = ask,
		.program = "ntpsync",
		.servers_from = "arguments",
		.m = *m };
	struct policy policy = { .may_step = true,
		.limit_ns = INT64_MAX,
		.limit_back_ns = INT64_MAX };
	struct situation now = { .real_ns = m->ended.real_ns };

	HOLDS(select_verdict(&out.verdict, &out.m, ask) == 0);
	HOLDS(out.verdict.kind != VERDICT_AGREED || out.verdict.bound_ns >= 0);
	clock_decide(&out.action, &out.verdict, &policy, &now);
	check_report(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ask ask = { .servers = specs, .min_sources = 1 };
	struct verify_limits limits = { .ask = &ask,
		.began_mono_ns = BEGAN_NS,
		.ended = {
		    REAL_NS + ENDED_NS, ENDED_NS, ENDED_NS, ENDED_NS, 100 } };
	struct measurement m;
	struct message msg;
	unsigned i;

	if (n == 0)
		return 0;
	setenv("LC_ALL", "C", 1); /* in UTF-8 there are more letters */
	ask.nservers = 1 + (bytes[0] & 1);
	ask.samples = 1 + (bytes[0] >> 1) % SAMPLES_MAX;
	msg.size = n - 1; /* in memory of its own: its end is seen */
	msg.bytes = malloc(n);
	HOLDS(msg.bytes != NULL);
	memcpy(msg.bytes, bytes + 1, n - 1);
	if (message_read(&m, &msg, &limits) == NULL) {
		for (i = 0; i < m.nsources; i++)
			check_source(m.sources[i], &m, &ask);
		check_again(&m, &ask, &limits);
		go_on(&m, &ask);
	}
	message_forget(&m);
	free(msg.bytes);
	return 0;
}
