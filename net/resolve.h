#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

/* One name to be looked up in one family, and what came of it. */
struct lookup {
	unsigned spec; /* the caller's: which name this is */
	int family;    /* AF_INET or AF_INET6 */
	uint16_t port;
	const char *host;      /* must live as long as the program */
	struct addrinfo *list; /* NULL: none; the caller frees it */
	int error;             /* EAI_..., 0: list holds addresses */
	struct lookup *next;
};

struct resolver;

/* NULL when there is no memory or no descriptor for it. */
struct resolver *resolver_new(void);

/* Begins a lookup; false when there is no memory or no thread for it. */
bool resolver_add(struct resolver *, const struct lookup *);

/* Becomes readable when a lookup has ended. */
int resolver_fd(const struct resolver *);

/*
 * Lookups that have been under way for more than 1 s no longer count as
 * workers, so that others can be begun.  Returns when to call it again,
 * INT64_MAX: nobody waits for a worker.
 */
int64_t resolver_relieve(struct resolver *, int64_t now_mono_ns);

/* Hands over one lookup that has ended; false: none has. */
bool resolver_take(struct resolver *, struct lookup *);

/*
 * Lets go of it.  A lookup that is still under way cannot be interrupted: its
 * thread is abandoned, and so is the memory it may yet write to.
 */
void resolver_close(struct resolver *);
#endif
