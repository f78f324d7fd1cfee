/*
 * Stands before getaddrinfo(): names resolve as $LOOKUPS says, each family by
 * itself and as late as it says, so that what a slow or lying name server does
 * can be had at will.  $LOOKUPS is a list of NAME/4=MS[:ADDR[+ADDR...]] and
 * NAME/6=...; what is not in it, or has no address, does not exist.  NAME/4@S=
 * holds from S seconds after the program's start.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int lookup_fn(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);

static struct timespec began;

__attribute__((constructor)) static void
begin(void)
{
	clock_gettime(CLOCK_MONOTONIC, &began);
}

/* The part of $LOOKUPS behind "NAME/FAMILY=", or NULL. */
static const char *
find_at(const char *host, int family, const char *when)
{
	const char *list = getenv("LOOKUPS");
	char key[300];

	snprintf(key, sizeof(key), "%s/%c%s=", host,
	    family == AF_INET ? '4' : '6', when);
	list = list == NULL ? NULL : strstr(list, key);
	return list == NULL ? NULL : list + strlen(key);
}

/* What holds now, by the last of the moments that have passed. */
static const char *
find(const char *host, int family)
{
	const char *found = NULL;
	struct timespec now;
	char when[32];
	long s;

	clock_gettime(CLOCK_MONOTONIC, &now);
	for (s = now.tv_sec - began.tv_sec; found == NULL && s > 0; s--) {
		snprintf(when, sizeof(when), "@%ld", s);
		found = find_at(host, family, when);
	}
	return found != NULL ? found : find_at(host, family, "");
}

int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **list)
{
	struct addrinfo numeric = *hints;
	const char *what = find(host, hints->ai_family);
	lookup_fn *real;
	char addr[64];
	int n, found = 0;

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	*list = NULL;
	if (what == NULL)
		return EAI_NONAME;
	poll(NULL, 0, atoi(what));
	what += strspn(what, "0123456789");
	numeric.ai_flags |= AI_NUMERICHOST;
	while (*what == ':' || *what == '+') {
		n = (int)strcspn(++what, "+ ");
		snprintf(addr, sizeof(addr), "%.*s", n, what);
		what += n;
		if (real(addr, service, &numeric, list) != 0)
			return EAI_FAIL;
		found = 1;
		while (*list != NULL)
			list = &(*list)->ai_next;
	}
	return found ? 0 : EAI_NONAME;
}
