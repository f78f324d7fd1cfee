#ifndef NET_TURNS_H
#define NET_TURNS_H

#include <stdbool.h>
#include <stdint.h>

struct ask;
struct source;

#define TURNS 7

/*
 * Who is to be asked again, and when: queues, each with a delay since the last
 * request that is the same for all in it, so that they stay in order.
 */
struct turns {
	const struct ask *ask;
	struct turn {
		struct source *first, **end;
		int64_t delay_ns;
	} turns[TURNS];
};

/* Nobody has a turn; begins it, and begins it anew. */
void turns_open(struct turns *, const struct ask *);

/* It was asked, at asked_mono_ns, or could not be (unsent). */
void turns_add(struct turns *, struct source *);

/* It was to be asked and was not, for want of a descriptor: it is the next. */
void turns_put_back(struct turns *, struct source *);

/* Who may be asked now; NULL: nobody. */
struct source *turns_next(struct turns *, int64_t now_ns);

/* When somebody may be, at the earliest; INT64_MAX: never. */
int64_t turns_when(const struct turns *);

/*
 * It has answered, and that did not do: after a rest it is asked for another
 * answer, which then takes the place of this one.
 */
void turns_retry(struct turns *, struct source *);

/* The network has changed: whom it did not reach may be asked at once. */
void turns_hurry(struct turns *);

/*
 * Our clock was set, all turns are gone, and so are src's samples, which mean
 * nothing now.  False: it may not be asked once more.
 */
bool turns_renew(struct turns *, struct source *, int64_t now_ns);
#endif
