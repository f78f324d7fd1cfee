/*
 * Fuzzer of server words: each line of an input is one, as on the command line.
 */

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/types.h"
#include "cli/servers.h"
#include "tests/fuzz/fuzz.h"

static bool
is_pool(const struct server_spec *s)
{
	return s->pool;
}

static bool
is_same(const struct server_spec *a, const struct server_spec *b)
{
	return strcasecmp(a->name, b->name) == 0 && a->port == b->port &&
	       a->family == b->family;
}

/* Nobody is there twice, and nobody got lost by that. */
static void
check_unique(struct servers *servers)
{
	unsigned i, j, n = servers->n;

	servers_unique(servers);
	HOLDS(servers->n <= n && (n == 0 || servers->n > 0));
	fuzz_servers(servers);
	for (i = 0; i < servers->n; i++)
		for (j = 0; j < i; j++)
			HOLDS(!is_same(&servers->list[i], &servers->list[j]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct servers servers = { .from = "arguments" };
	char *text, *word, told[64];
	unsigned before;

	fuzz_begin();
	text = fuzz_text(bytes, n);
	while ((word = strsep(&text, "\n")) != NULL) {
		before = servers.n;
		HOLDS(servers_word(&servers, word, "fuzz") ==
		      (servers.n == before + 1));
	}
	fuzz_servers(&servers);
	check_unique(&servers);
	servers_tell_from(&servers, told, sizeof(told));
	HOLDS(strcmp(told, servers.n > 0 ? "arguments" : "") == 0);
	servers_keep(&servers, is_pool);
	fuzz_servers(&servers);
	fuzz_end();
	return 0;
}
