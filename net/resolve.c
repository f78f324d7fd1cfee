/*
 * Names to addresses, in parallel.
 *
 * getaddrinfo() takes as long as it likes and cannot be interrupted, so it runs
 * in threads that do nothing else and can be left behind; one that is stuck no
 * longer counts, and another takes its place.  Each family is looked up by
 * itself: a name server that never answers for one of them does not hold up the
 * other.  Lookups come in by a list and go out by another, under one lock; a
 * byte in a pipe wakes whoever polls.
 */

#include "net/resolve.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/now.h"
#include "base/num.h"
#include "base/types.h"

#define WORKERS_MAX 16
#define THREADS_MAX 256 /* with those that are stuck */
#define STUCK_NS    (1 * NS_PER_S)
#define STACK_SIZE  (512 * 1024) /* name service modules want some */

/* A lookup that is under way, on the stack of its thread. */
struct work {
	struct work *next;
	int64_t began_mono_ns;
	bool stuck; /* its thread no longer counts */
};

struct resolver {
	pthread_mutex_t lock;
	struct lookup *todo, *ended;
	struct lookup **todo_end;
	struct work *under_way;
	unsigned threads;
	unsigned workers; /* those that count */
	bool closed;
	int wake[2];
};

/* A byte that could not be written must not be waited for. */
static int
open_pipe(int wake[2])
{
	int i;

	if (pipe(wake) == -1)
		return -1;
	for (i = 0; i < 2; i++)
		if (fcntl(wake[i], F_SETFL, O_NONBLOCK) == -1) {
			close(wake[0]);
			close(wake[1]);
			return -1;
		}
	return 0;
}

struct resolver *
resolver_new(void)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	if (open_pipe(r->wake) == -1) {
		free(r);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	r->todo_end = &r->todo;
	return r;
}

static void
look_up(struct lookup *l)
{
	struct addrinfo hints = { .ai_family = l->family,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICSERV };
	char port[8];

	snprintf(port, sizeof(port), "%u", l->port);
	l->error = getaddrinfo(l->host, port, &hints, &l->list);
	if (l->error != 0)
		l->list = NULL;
}

static void
forget(struct resolver *r, const struct work *done)
{
	struct work **w = &r->under_way;

	while (*w != done)
		w = &(*w)->next;
	*w = done->next;
}

/*
 * The next lookup to do; NULL, and this thread ends, if there is none or others
 * have taken its place.
 */
static struct lookup *
begin(struct resolver *r, struct work *w)
{
	struct lookup *l = NULL;

	pthread_mutex_lock(&r->lock);
	if (w->stuck && r->workers < WORKERS_MAX) {
		w->stuck = false;
		r->workers++;
	}
	if (!w->stuck) {
		l = r->closed ? NULL : r->todo;
		if (l == NULL)
			r->workers--;
		else if ((r->todo = l->next) == NULL)
			r->todo_end = &r->todo;
	}
	if (l == NULL) {
		r->threads--;
	} else {
		w->began_mono_ns = now_mono_ns();
		w->next = r->under_way;
		r->under_way = w;
	}
	pthread_mutex_unlock(&r->lock);
	return l;
}

/* The pipe holds one byte at most: who reads it takes all that has ended. */
static void
hand_in(struct resolver *r, struct work *w, struct lookup *l)
{
	pthread_mutex_lock(&r->lock);
	forget(r, w);
	l->next = r->ended;
	r->ended = l;
	if (l->next == NULL && !r->closed)
		(void)!write(r->wake[1], "", 1);
	pthread_mutex_unlock(&r->lock);
}

static void *
work(void *arg)
{
	struct resolver *r = arg;
	struct work w = { 0 };
	struct lookup *l;

	while ((l = begin(r, &w)) != NULL) {
		look_up(l);
		hand_in(r, &w, l);
	}
	return NULL;
}

/* One more thread; the caller holds the lock. */
static bool
hire(struct resolver *r)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool hired;

	if (r->threads == THREADS_MAX || pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	hired = pthread_create(&thread, &attr, work, r) == 0;
	pthread_attr_destroy(&attr);
	r->threads += hired;
	return hired;
}

bool
resolver_add(struct resolver *r, const struct lookup *wanted)
{
	struct lookup *l = malloc(sizeof(*l));
	bool taken;

	if (l == NULL)
		return false;
	*l = *wanted;
	l->next = NULL;
	pthread_mutex_lock(&r->lock);
	*r->todo_end = l;
	r->todo_end = &l->next;
	if (r->workers < WORKERS_MAX && hire(r))
		r->workers++;
	taken = r->workers > 0;
	if (!taken) { /* then l is all there is in the list */
		r->todo = NULL;
		r->todo_end = &r->todo;
		free(l);
	}
	pthread_mutex_unlock(&r->lock);
	return taken;
}

int64_t
resolver_relieve(struct resolver *r, int64_t now_ns)
{
	int64_t next_ns = INT64_MAX, due_ns;
	const struct lookup *waits; /* for a thread */
	struct work *w;

	pthread_mutex_lock(&r->lock);
	waits = r->todo;
	for (w = r->under_way; waits != NULL && w != NULL; w = w->next) {
		due_ns = w->began_mono_ns + STUCK_NS;
		if (w->stuck)
			continue;
		if (due_ns > now_ns)
			next_ns = num_min(next_ns, due_ns);
		else if ((w->stuck = hire(r)))
			waits = waits->next;
	}
	pthread_mutex_unlock(&r->lock);
	return next_ns;
}

int
resolver_fd(const struct resolver *r)
{
	return r->wake[0];
}

bool
resolver_take(struct resolver *r, struct lookup *out)
{
	struct lookup *l;
	char byte;

	pthread_mutex_lock(&r->lock);
	if ((l = r->ended) != NULL && (r->ended = l->next) == NULL)
		(void)!read(r->wake[0], &byte, 1);
	pthread_mutex_unlock(&r->lock);
	if (l == NULL)
		return false;
	*out = *l;
	free(l);
	return true;
}

void
resolver_close(struct resolver *r)
{
	bool idle;

	pthread_mutex_lock(&r->lock);
	r->closed = true; /* nobody writes to the pipe any more */
	close(r->wake[0]);
	close(r->wake[1]);
	idle = r->threads == 0;
	pthread_mutex_unlock(&r->lock);
	if (!idle)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}
