/*
 * One request and its reply: from the socket to a sample.
 *
 * The reply is read with the kernel's stamps, checked rung by rung in
 * ntp_proto.c, and becomes a sample of its source or the source's fault.
 */

#include "net/request.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/now.h"
#include "base/types.h"
#include "net/stamp.h"
#include "net/udp.h"
#include "ntp_proto.h"
#include "select/filter.h"

#define WIRE_MAX  2048 /* more than any honest reply */
#define BURST_MAX 64   /* packets read before others get their turn */

static bool
out_of_descriptors(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	       error == ENOMEM;
}

void
request_give_up(struct source *src, const struct ask *ask, int error)
{
	src->fault = FAULT_UNREACHABLE;
	src->error = error;
	src->done = ask->wait_ns == 0;
	src->unsent = true;
	src->asked_mono_ns = now_mono_ns();
}

/* Somebody says so; the true reply may come all the same. */
static void
note_refusal(struct source *src, int error)
{
	if (src->done || src->refused_mono_ns != 0)
		return;
	src->fault = FAULT_UNREACHABLE;
	src->error = error;
	src->refused_mono_ns = now_mono_ns();
}

/* Random bits that are never zero, since a zero timestamp means none. */
static bool
make_up_timestamp(uint64_t *bits)
{
	do {
		if (getentropy(bits, sizeof(*bits)) == -1)
			return false;
	} while (*bits == 0);
	return true;
}

/* False when it did not leave; then errno says why. */
static bool
transmit(struct request *r, uint8_t version)
{
	uint8_t wire[NTP_HEADER_SIZE];
	int error = 0;

	ntp_request(wire, version, r->xmt);
	r->sent_mono_ns = now_mono_ns();
	r->sent_real_ns = now_real_ns();
	if (send(r->fd, wire, sizeof(wire), MSG_DONTWAIT) == -1 &&
	    errno != EAGAIN && errno != ENOBUFS)
		return false;
	stamp_sent(r->fd, &r->tx_ns, &error);
	if (error != 0)
		note_refusal(r->src, error);
	return true;
}

/* A new attempt at it is a new chance. */
static void
begin_attempt(struct source *src)
{
	src->waiting_mono_ns = 0;
	src->refused_mono_ns = 0;
	src->overdue = false;
}

static void
note_sent(const struct request *r, struct source *src, const struct ask *ask)
{
	if (src->unsent)
		src->fault = FAULT_NONE;
	src->resting = src->unsent = false;
	if (src->nsamples == ask->samples)
		src->nsamples = 0; /* they did not do: --wait wants others */
	src->sent++;
	src->streak++;
	src->asked_mono_ns = r->sent_mono_ns;
	if (src->waiting_mono_ns == 0)
		src->waiting_mono_ns = r->sent_mono_ns;
}

bool
request_send(struct request *r, struct source *src, const struct ask *ask)
{
	uint8_t version = ask->servers[src->spec].version;
	char text[ADDR_TEXT_SIZE];

	*r = (struct request){ .src = src, .fd = -1 };
	if (!make_up_timestamp(&r->xmt) ||
	    (r->fd = udp_open(ask, &src->addr)) == -1) {
		if (out_of_descriptors(errno))
			return false;
		request_give_up(src, ask, errno);
		return true;
	}
	if (src->streak == 0)
		begin_attempt(src);
	if (!transmit(r, version)) {
		request_give_up(src, ask, errno);
		close(r->fd);
		r->fd = -1;
		return true;
	}
	note_sent(r, src, ask);
	if (log_wants(LEVEL_DEBUG))
		log_debug("sent to %s: version %u, transmit %016llx",
		    addr_text(text, &src->addr), version,
		    (unsigned long long)r->xmt);
	return true;
}

/* A kernel stamp counts only if it lies between our own readings around it. */
static int64_t
believe(enum stamp *which, int64_t kernel_ns, int64_t from_ns, int64_t to_ns,
    int64_t user_ns)
{
	*which = from_ns <= kernel_ns && kernel_ns <= to_ns ? STAMP_KERNEL
							    : STAMP_USER;
	return *which == STAMP_KERNEL ? kernel_ns : user_ns;
}

static enum fault
take_sample(struct request *r, const struct ntp_packet *reply, int64_t rx_ns,
    int64_t read_ns, int64_t precision_ns)
{
	struct sample *s = &r->src->samples[r->src->nsamples];
	int64_t t1, t4;
	enum fault f;

	t1 = believe(
	    &s->tx, r->tx_ns, r->sent_real_ns, read_ns, r->sent_real_ns);
	t4 = believe(&s->rx, rx_ns, t1, read_ns, read_ns);
	if ((f = ntp_sample(s, reply, t1, t4, precision_ns)) != FAULT_NONE)
		return f;
	now_all(&s->at);
	s->took_ns = s->at.mono_ns - r->sent_mono_ns;
	r->src->nsamples++;
	return FAULT_NONE;
}

static void
tell(const struct source *src, const struct ntp_packet *p, enum fault f,
    size_t n)
{
	char text[ADDR_TEXT_SIZE];

	if (!log_wants(LEVEL_DEBUG))
		return;
	log_debug("from %s: %zu bytes, version %u, mode %u, leap %u, "
		  "stratum %u, precision %d, root delay %lld ns, "
		  "root dispersion %lld ns, refid %08x, origin %016llx, "
		  "receive %016llx, transmit %016llx: %s",
	    addr_text(text, &src->addr), n, p->facts.version, p->mode,
	    p->facts.leap, p->facts.stratum, p->facts.precision,
	    (long long)p->facts.root_delay_ns, (long long)p->facts.root_disp_ns,
	    p->facts.refid, (unsigned long long)p->origin,
	    (unsigned long long)p->receive, (unsigned long long)p->transmit,
	    f == FAULT_NONE ? "passed" : "rejected");
}

/* Whether a bad answer may be followed by a good one, if that is waited for. */
static bool
may_mend(const struct source *src, const struct ask *ask)
{
	return ask->wait_ns != 0 && strcmp(src->kiss, "DENY") != 0 &&
	       strcmp(src->kiss, "RSTR") != 0;
}

/* One packet; true when it was the reply. */
static bool
hear(struct request *r, const struct ask *ask, const void *wire, size_t n,
    int64_t rx_ns, int64_t precision_ns)
{
	int64_t read_ns = now_real_ns();
	struct source *src = r->src;
	struct ntp_packet p = { 0 };
	char kiss[sizeof(src->kiss)];
	enum fault f;

	f = ntp_reply(&p, kiss, wire, n > WIRE_MAX ? WIRE_MAX : n, r->xmt);
	if (n > WIRE_MAX && f != FAULT_ORIGIN)
		f = FAULT_TRAILER; /* whatever it is, nobody asked for it */
	tell(src, &p, f, n);
	if (f == FAULT_LENGTH || f == FAULT_ORIGIN) {
		src->rejected++;
		if (src->fault == FAULT_NONE)
			src->fault = f;
		return false;
	}
	if (f == FAULT_NONE)
		f = take_sample(r, &p, rx_ns, read_ns, precision_ns);
	memcpy(src->kiss, kiss, sizeof(kiss));
	src->facts = p.facts;
	src->received++;
	src->waiting_mono_ns = 0;
	src->refused_mono_ns = 0;
	src->fault = f;
	src->done = f != FAULT_NONE ? !may_mend(src, ask)
				    : src->nsamples == ask->samples;
	src->overdue = false;
	src->resting = f != FAULT_NONE;
	if (f == FAULT_NONE)
		filter_source(
		    src, &src->samples[src->nsamples - 1].at, ask->rate);
	return true;
}

bool
request_receive(struct request *r, const struct ask *ask, int64_t precision_ns)
{
	uint8_t wire[WIRE_MAX];
	int error = 0, i;
	int64_t rx_ns;
	ssize_t n;

	if (r->src->nsamples == ask->samples)
		return true; /* an earlier request's reply was enough */
	stamp_sent(r->fd, &r->tx_ns, &error);
	for (i = 0; i < BURST_MAX; i++) {
		n = stamp_receive(r->fd, wire, sizeof(wire), &rx_ns);
		if (n == -1) {
			if (errno != EAGAIN && errno != EINTR)
				error = errno;
			break;
		}
		if (hear(r, ask, wire, (size_t)n, rx_ns, precision_ns))
			return true;
	}
	if (error != 0)
		note_refusal(r->src, error);
	return false;
}

void
request_close(struct request *r)
{
	close(r->fd);
}
