#ifndef BASE_TYPES_H
#define BASE_TYPES_H

/*
 * The facts that travel through a run, in the order they come to be:
 *
 *   server_spec -> server_addr -> sample -> source -> verdict
 *     -> clock_action -> outcome
 *
 * Units are in the names: _ns is int64_t nanoseconds, _s is seconds.  A moment
 * is _ns since 1970 UTC, or since boot where the name says mono; a moment is
 * never a double.
 *
 * One sign everywhere: an offset is true time minus local time.  Positive means
 * that the local clock is behind; a step adds the offset.
 *
 * Only data here.  No functions, no handles.
 */

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define NS_PER_S     INT64_C(1000000000)
#define NS_PER_MS    INT64_C(1000000)
#define NS_PER_US    INT64_C(1000)
#define NS_PER_MIN   (60 * NS_PER_S)
#define NS_PER_HOUR  (60 * NS_PER_MIN)
#define NS_PER_DAY   (24 * NS_PER_HOUR)
#define NS_PER_YEAR  (31556952 * NS_PER_S) /* 365.2425 days */
#define SAMPLES_MAX  8                     /* of one address */
#define REQUESTS_MAX 8                     /* to one address in one attempt */
#define NTP_PORT     123
#define DRIFT_PPM    15 /* how fast a clock may be wrong: PHI, RFC 5905, 7.2 */

/* All clocks at one moment: what became of ours shows against the others. */
struct instant {
	int64_t real_ns;  /* the one that is set: since 1970 UTC */
	int64_t mono_ns;  /* slewed with it, never set */
	int64_t raw_ns;   /* neither set nor slewed */
	int64_t boot_ns;  /* mono, and the time the machine was suspended */
	int64_t apart_ns; /* so long it took to read them all */
};

/* One server as it was asked for: a word of argv or a line of a file. */
struct server_spec {
	char *name;       /* host name or address literal */
	const char *from; /* who named it: a file, "arguments" */
	uint16_t port;    /* host order */
	int family;       /* AF_UNSPEC, AF_INET, AF_INET6 */
	uint8_t version;  /* NTP version on the wire, 3 or 4 */
	bool noselect;    /* measured and shown, never used */
	bool pool;        /* each address has a vote of its own */
	unsigned max;     /* addresses of a pool to use */
	bool nts;         /* its replies must be authenticated by NTS, */
	unsigned key;     /* or by the symmetric key of this number; 0: none */
};

/* What the measuring half needs to know, and all it needs to know. */
struct ask {
	struct server_spec *servers;
	unsigned nservers;
	unsigned samples;     /* wanted from each address */
	unsigned min_sources; /* votes that must agree */
	bool all;             /* wait for everybody, settled or not */
	int64_t interval_ns;  /* between requests to one address */
	int64_t timeout_ns;   /* for the whole measurement, */
	int64_t wait_ns;      /* or an attempt, until so long has passed */
	double rate; /* by which the kernel corrects our clock's rate */
	struct sockaddr_storage bind_addr; /* ss_family AF_UNSPEC: any */
	char bind_device[IF_NAMESIZE];     /* empty: any */
};

/* What may be done to the clock; never leaves the half that holds power. */
struct policy {
	bool may_step, may_slew;
	bool dry_run;
	bool force;
	bool finish;           /* stay until a slew is complete */
	int64_t step_over_ns;  /* with both: slew below, step from here on */
	int64_t limit_ns;      /* no correction is larger */
	int64_t limit_back_ns; /* no step back is larger */
};

/* One address that a server's name led to. */
struct server_addr {
	socklen_t len; /* 0: no address (yet) */
	struct sockaddr_storage ss;
};

enum leap { LEAP_NONE, LEAP_INSERT, LEAP_DELETE, LEAP_UNSYNC };
enum stamp { STAMP_USER, STAMP_KERNEL };

/* What a server says of itself in a reply (RFC 5905, 7.3). */
struct facts {
	uint8_t version;
	uint8_t leap; /* enum leap */
	uint8_t stratum;
	int8_t precision; /* log2 of seconds */
	uint32_t refid;   /* host order */
	int64_t root_delay_ns, root_disp_ns;
};

/* One good reply. */
struct sample {
	int64_t offset_ns;    /* (T2 - T1) - delay / 2 */
	int64_t delay_ns;     /* (T4 - T1) - (T3 - T2) */
	int64_t took_ns;      /* from asking to answer, monotonic */
	struct instant at;    /* when it came in */
	int64_t precision_ns; /* the server's and ours added up */
	struct facts facts;
	enum stamp tx, rx;
};

/* Why an address gave nothing of use; the words are in report/words.c. */
enum fault {
	FAULT_NONE,
	/* no way there */
	FAULT_LOOKUP,      /* error: EAI_... */
	FAULT_LOOKUP_SLOW, /* the name server did not answer in time */
	FAULT_SAME,        /* every address of this name is asked already */
	FAULT_FAMILY,      /* no address of the family asked for */
	FAULT_UNREACHABLE, /* no way to send, or an ICMP error; error: errno */
	FAULT_SILENT,
	FAULT_NOT_AWAITED,
	FAULT_DISTURBED, /* our clock was set while it was asked */
	/* not an answer to what was asked: anyone can send such packets */
	FAULT_LENGTH,
	FAULT_ORIGIN,
	/* an answer, and a useless one */
	FAULT_VERSION,
	FAULT_MODE,
	FAULT_TRAILER,
	FAULT_KISS,
	FAULT_LEAP,
	FAULT_STRATUM,
	FAULT_ZERO,
	FAULT_ORDER,
	FAULT_HOLD,
	FAULT_PRECISION,
	FAULT_ROOT,
	FAULT_DELAY,
	FAULT__MAX
};

/* What became of a source; the words are in report/words.c. */
enum status {
	STATUS_BEST,
	STATUS_AGREES,
	STATUS_OUTVOTED,
	STATUS_SPARE,
	STATUS_NOSELECT,
	STATUS_NO_REPLY,
	STATUS_UNREACHABLE,
	STATUS_UNSYNCHRONISED,
	STATUS_KISS,
	STATUS_INVALID,
	STATUS_TOO_FAR,
	STATUS_UNRESOLVED,
	STATUS_UNAUTHENTICATED,
	STATUS_NOT_AWAITED,
	STATUS__MAX
};

/* One address (or name without one) and all that is known of it. */
struct source {
	struct server_addr addr;
	unsigned spec; /* index of the server_spec */
	unsigned vote; /* sources with the same vote share it */

	/* while the measurement runs; a moment of 0: not so */
	bool done;             /* nothing more is wanted of it */
	bool looking_up;       /* its name may yet bring more addresses */
	bool noselect;         /* measured and shown, never used */
	bool overdue;          /* silent so long that nobody need wait for it */
	bool resting;          /* under --wait: it answered, and of no use */
	bool unsent;           /* the last request did not leave this machine */
	unsigned streak;       /* requests since it was last left alone */
	unsigned rests;        /* times it was left alone, under --wait */
	int64_t asked_mono_ns; /* the last request */
	int64_t waiting_mono_ns; /* the first request not yet answered */
	int64_t refused_mono_ns; /* an ICMP error, which anyone can forge */
	struct source *next;     /* in the queue of those to be asked */
	struct source *first;    /* of the same name; itself, if there is one */
	struct source *sibling;  /* the next of the same name */

	/* found out */
	unsigned sent, received, rejected, nsamples;
	enum fault fault;
	int error; /* errno or EAI_..., as the fault says */
	char kiss[5];
	struct facts facts; /* of the sample that counts, else the last reply */

	/* weighed; -1: not known */
	enum status status;
	enum stamp tx, rx;
	int64_t offset_ns, delay_ns, bound_ns, jitter_ns;

	struct sample samples[]; /* room for ask->samples of them */
};

/* What the servers said, taken together. */
struct measurement {
	struct source **sources;
	unsigned nsources, room;
	unsigned nvotes;
	int64_t slowest_ns; /* the longest round trip seen */
	bool disturbed; /* our clock was set, and not all were asked again */
	int64_t began_mono_ns;
	struct instant ended; /* the clock that was measured, and until when */
};

enum verdict_kind {
	VERDICT_NONE, /* nobody was asked */
	VERDICT_AGREED,
	VERDICT_NO_ANSWER,
	VERDICT_NO_MAJORITY
};

/* What the sources together say. */
struct verdict {
	enum verdict_kind kind;
	unsigned votes;    /* names that gave a usable answer */
	unsigned agreeing; /* the largest set of them that agrees */
	unsigned needed;   /* how many must */
	bool majority;     /* they are more than half, and unrivalled */
	int64_t offset_ns;
	int64_t bound_ns;
	int64_t widened_ns; /* their bounds had to be widened so to agree */
	int64_t jitter_ns;  /* -1: not known */
	uint8_t leap, stratum;
};

enum action_kind { CLOCK_LEAVE, CLOCK_SLEW, CLOCK_STEP, CLOCK_REFUSE };

/* A time daemon that has the right to set the clock. */
struct rival {
	int pid;            /* 0: there is none */
	const char *name;   /* as people call it */
	const char *advice; /* what to do instead */
};

/* What else than the servers' word bears on a decision. */
struct situation {
	int64_t real_ns; /* what the clock shows */
	bool disturbed;  /* it was set while it was measured */
	struct rival rival;
};

#define WHY_SIZE 256

/* What to do about it, decided without touching anything; then what was done.
 */
struct clock_action {
	enum action_kind kind;
	bool finish; /* stay until the slew is complete */
	bool vouch;  /* afterwards the clock is right, and everybody may know */
	int64_t offset_ns;
	int64_t bound_ns;  /* how wrong it may be when all is done */
	int64_t jitter_ns; /* -1: not known */

	bool begun;         /* the kernel took it */
	bool failed;        /* it did not come to its end; why says so */
	int64_t pending_ns; /* of an earlier slew, which ended with this */
	int64_t takes_ns;   /* so long will the slew take */
	int64_t took_ns;    /* so long it took; 0: it is not complete */
	int synchronised;   /* what the kernel says at last; -1: nothing */
	int error;          /* the errno of a call that failed; 0: none did */
	char why[WHY_SIZE]; /* the sentence that explains it, or nothing */
};

/* Everything a report may print. */
struct outcome {
	const struct ask *ask;
	const char *program;      /* name and version */
	const char *servers_from; /* where the list of servers came from */
	bool found;               /* nobody named one: the list was found */
	struct measurement m;
	struct verdict verdict;
	struct clock_action action;
	bool dry_run;
};
#endif
