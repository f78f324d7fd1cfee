/*
 * What every fuzzer shares: memory that is given back, and the servers.
 *
 * Words go to stdout: stderr is the program's, which tells of every fault it
 * finds, and is turned away.
 */

#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/log.h"
#include "base/types.h"
#include "cli/servers.h"

#define LIVE_MAX  (1 << 16)
#define NAME_SIZE 254

_Noreturn void
fuzz_broken(const char *file, int line, const char *what)
{
	printf("%s:%d: does not hold: %s\n", file, line, what);
	fflush(stdout);
	abort();
}

/* ---- memory ---- */

typedef void malloc_hook(const volatile void *, size_t);
typedef void free_hook(const volatile void *);

/* Only where a sanitizer is; elsewhere there are few inputs, and no need. */
int __sanitizer_install_malloc_and_free_hooks(malloc_hook *, free_hook *)
    __attribute__((weak));

static const volatile void *live[LIVE_MAX];
static size_t nlive;
static bool watching;

static void
note_malloc(const volatile void *p, size_t size)
{
	(void)size;
	if (watching && p != NULL && nlive < LIVE_MAX)
		live[nlive++] = p;
}

static void
note_free(const volatile void *p)
{
	size_t i = nlive;

	while (watching && i-- > 0)
		if (live[i] == p) {
			live[i] = live[--nlive];
			return;
		}
}

void
fuzz_begin(void)
{
	static bool installed;

	if (!installed && __sanitizer_install_malloc_and_free_hooks != NULL)
		__sanitizer_install_malloc_and_free_hooks(
		    note_malloc, note_free);
	installed = true;
	log_set(LEVEL_DEBUG); /* all that can be said is put in words */
	watching = true;
}

void
fuzz_end(void)
{
	watching = false;
	while (nlive > 0)
		free((void *)(uintptr_t)live[--nlive]);
}

char *
fuzz_text(const uint8_t *bytes, size_t n)
{
	char *text = n > 0 ? strndup((const char *)bytes, n) : strdup("");

	HOLDS(text != NULL);
	return text;
}

/* ---- servers ---- */

/* What may be sent to a name server, or is an address. */
static void
check_name(const char *name)
{
	struct server_addr ignored;
	size_t n = strlen(name);

	HOLDS(n > 0 && n < NAME_SIZE);
	if (addr_parse(&ignored, name, 0))
		return;
	HOLDS(name[0] != '-' && name[0] != '.');
	HOLDS(strstr(name, "..") == NULL);
	HOLDS(strspn(name, "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == n);
}

void
fuzz_servers(const struct servers *servers)
{
	const struct server_spec *s;
	unsigned i;

	HOLDS(servers->n <= servers->room && servers->n <= SERVERS_MAX);
	for (i = 0; i < servers->n; i++) {
		s = &servers->list[i];
		HOLDS(s->name != NULL && s->from != NULL);
		check_name(s->name);
		HOLDS(s->port != 0);
		HOLDS(s->version == 3 || s->version == 4);
		HOLDS(s->max >= 1 && s->max <= 16);
		HOLDS(s->family == AF_UNSPEC || s->family == AF_INET ||
		      s->family == AF_INET6);
	}
}
