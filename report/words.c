/*
 * What happened, in words: the same ones in every format.
 */

#include "report/words.h"

#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/types.h"

static const char *const statuses[STATUS__MAX] = {
	[STATUS_BEST] = "best",
	[STATUS_AGREES] = "agrees",
	[STATUS_OUTVOTED] = "outvoted",
	[STATUS_SPARE] = "spare",
	[STATUS_NOSELECT] = "noselect",
	[STATUS_NO_REPLY] = "no-reply",
	[STATUS_UNREACHABLE] = "unreachable",
	[STATUS_UNSYNCHRONISED] = "unsynchronised",
	[STATUS_KISS] = "kiss",
	[STATUS_INVALID] = "invalid",
	[STATUS_TOO_FAR] = "too-far",
	[STATUS_UNRESOLVED] = "unresolved",
	[STATUS_UNAUTHENTICATED] = "unauthenticated",
	[STATUS_NOT_AWAITED] = "not-awaited",
};

static const char *const faults[FAULT__MAX] = {
	[FAULT_LOOKUP_SLOW] = "no answer from the name server",
	[FAULT_SAME] = "same address as another server",
	[FAULT_FAMILY] = "not an address of the family asked for",
	[FAULT_SILENT] = "no reply",
	[FAULT_NOT_AWAITED] = "not waited for",
	[FAULT_DISTURBED] = "somebody set the clock meanwhile",
	[FAULT_LENGTH] = "reply is too short",
	[FAULT_ORIGIN] = "replies answer another request",
	[FAULT_VERSION] = "reply has an unknown NTP version",
	[FAULT_MODE] = "reply is not a server's (wrong mode)",
	[FAULT_TRAILER] = "reply has a malformed extension",
	[FAULT_LEAP] = "not synchronised",
	[FAULT_STRATUM] = "not synchronised (no valid stratum)",
	[FAULT_ZERO] = "reply lacks a timestamp",
	[FAULT_ORDER] = "reply was sent before the request came",
	[FAULT_HOLD] = "reply was held back for over 4 s",
	[FAULT_PRECISION] = "reply has an impossible precision",
	[FAULT_ROOT] = "root distance is 16 s or more",
	[FAULT_DELAY] = "reply came before it was sent",
};

/* What the codes of RFC 5905, section 7.4, and RFC 8915 mean. */
static const struct {
	const char *code, *words;
} kisses[] = {
	{ "RATE", "asks for fewer requests" },
	{ "DENY", "denies access" },
	{ "RSTR", "denies access" },
	{ "AUTH", "authentication failed" },
	{ "CRYP", "authentication failed" },
	{ "NKEY", "does not know the key" },
	{ "NTSN", "does not know the NTS cookie" },
};

const char *
words_status(const struct source *src)
{
	return statuses[src->status];
}

const char *
words_action(const struct clock_action *a)
{
	static const char *const kinds[] = { [CLOCK_LEAVE] = "none",
		[CLOCK_SLEW] = "slew",
		[CLOCK_STEP] = "step",
		[CLOCK_REFUSE] = "refused" };

	return a->failed ? "failed" : kinds[a->kind];
}

static void
reason_of_kiss(char buf[WORDS_SIZE], const char *code)
{
	const char *words = "turns us away";
	size_t i;

	for (i = 0; i < sizeof(kisses) / sizeof(kisses[0]); i++)
		if (strcmp(kisses[i].code, code) == 0)
			words = kisses[i].words;
	snprintf(buf, WORDS_SIZE, "%s (kiss code %s)", words, code);
}

/* The system's words begin with a capital; ours stand in a sentence. */
static void
put_words(char buf[WORDS_SIZE], const char *words)
{
	snprintf(buf, WORDS_SIZE, "%s", words);
	if (buf[0] != '\0' && islower((unsigned char)buf[1]))
		buf[0] = (char)tolower((unsigned char)buf[0]);
}

static void
reason_of_fault(char buf[WORDS_SIZE], const struct source *src)
{
	switch (src->fault) {
	case FAULT_LOOKUP:
		put_words(buf, gai_strerror(src->error));
		break;
	case FAULT_UNREACHABLE:
		put_words(buf, strerror(src->error));
		break;
	case FAULT_KISS:
		reason_of_kiss(buf, src->kiss);
		break;
	case FAULT_VERSION:
		snprintf(buf, WORDS_SIZE, "%s: %u", faults[src->fault],
		    src->facts.version);
		break;
	default:
		snprintf(buf, WORDS_SIZE, "%s",
		    faults[src->fault] ? faults[src->fault] : "");
	}
}

const char *
words_reason(
    char buf[WORDS_SIZE], const struct source *src, const struct verdict *v)
{
	buf[0] = '\0';
	switch (src->status) {
	case STATUS_BEST:
	case STATUS_AGREES:
		break;
	case STATUS_OUTVOTED:
		snprintf(buf, WORDS_SIZE, "%s",
		    v->majority ? "outvoted" : "no majority");
		break;
	case STATUS_NOSELECT:
		snprintf(buf, WORDS_SIZE, "noselect");
		break;
	case STATUS_UNAUTHENTICATED:
		snprintf(buf, WORDS_SIZE,
		    "must be authenticated, which this version cannot do");
		break;
	case STATUS_TOO_FAR:
		snprintf(buf, WORDS_SIZE, "bound is over 1.5 s");
		break;
	case STATUS_SPARE:
		if (src->nsamples > 0) {
			snprintf(buf, WORDS_SIZE, "spare");
			break;
		}
		/* FALLTHROUGH */
	default:
		reason_of_fault(buf, src);
	}
	return buf;
}

static const char *
plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

const char *
words_verdict(char buf[WORDS_SIZE], const struct verdict *v)
{
	buf[0] = '\0';
	if (v->kind == VERDICT_NO_ANSWER)
		snprintf(buf, WORDS_SIZE, "no server gave a usable answer");
	else if (v->kind == VERDICT_NO_MAJORITY && !v->majority)
		snprintf(buf, WORDS_SIZE,
		    "no majority: %u server%s answered, and no more than half "
		    "of them agree on one time",
		    v->votes, plural(v->votes));
	else if (v->kind == VERDICT_NO_MAJORITY)
		snprintf(buf, WORDS_SIZE,
		    "only %u server%s of the %u that --min-sources wants "
		    "agree%s",
		    v->agreeing, plural(v->agreeing), v->needed,
		    v->agreeing == 1 ? "s" : "");
	return buf;
}

const char *
words_notes(
    char buf[WORDS_SIZE], const struct clock_action *a, const char *micro)
{
	char left[NUM_TEXT_SIZE];
	bool forgotten = a->vouch && a->synchronised == 0;

	num_text(left, a->pending_ns, NUM_PLAIN, micro);
	snprintf(buf, WORDS_SIZE, "%s%s%s%s",
	    a->pending_ns != 0 ? "; an earlier slew had still " : "",
	    a->pending_ns != 0 ? left : "", a->pending_ns != 0 ? " to go" : "",
	    forgotten ? "; but the kernel has forgotten that it is right, as "
			"it does early in boot: run ntpsync again"
		      : "");
	return buf;
}
