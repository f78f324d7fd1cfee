/*
 * Names to addresses, in parallel.
 *
 * getaddrinfo() takes as long as it likes and cannot be interrupted, so it runs
 * in threads that do nothing else and can be left behind.  Each family is
 * looked up by itself: a name server that never answers for one of them does
 * not hold up the other.  Lookups come in by a list and go out by another,
 * under one lock; a byte in a pipe wakes whoever polls.
 */

#include "net/resolve.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKERS_MAX 16

struct resolver {
	pthread_mutex_t lock;
	struct lookup *todo, *ended;
	struct lookup **todo_end;
	unsigned workers;
	bool closed;
	int wake[2];
};

struct resolver *
resolver_new(void)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	if (pipe(r->wake) == -1) {
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

/* The next lookup to do; NULL, and the worker no longer counts, if none is. */
static struct lookup *
next_todo(struct resolver *r)
{
	struct lookup *l;

	pthread_mutex_lock(&r->lock);
	l = r->closed ? NULL : r->todo;
	if (l == NULL)
		r->workers--;
	else if ((r->todo = l->next) == NULL)
		r->todo_end = &r->todo;
	pthread_mutex_unlock(&r->lock);
	return l;
}

/* The pipe holds one byte at most: who reads it takes all that has ended. */
static void
hand_in(struct resolver *r, struct lookup *l)
{
	pthread_mutex_lock(&r->lock);
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
	struct lookup *l;

	while ((l = next_todo(r)) != NULL) {
		look_up(l);
		hand_in(r, l);
	}
	return NULL;
}

/* One more worker, unless there are enough; the caller holds the lock. */
static void
hire(struct resolver *r)
{
	pthread_t thread;

	if (r->workers < WORKERS_MAX &&
	    pthread_create(&thread, NULL, work, r) == 0) {
		pthread_detach(thread);
		r->workers++;
	}
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
	hire(r);
	taken = r->workers > 0;
	if (!taken) { /* then l is all there is in the list */
		r->todo = NULL;
		r->todo_end = &r->todo;
		free(l);
	}
	pthread_mutex_unlock(&r->lock);
	return taken;
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
	r->closed = true;
	idle = r->workers == 0;
	pthread_mutex_unlock(&r->lock);
	if (!idle)
		return;
	close(r->wake[0]);
	close(r->wake[1]);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
