/*
 * Fuzzer of all readers of other programs' files: an input is a system with its
 * files, see world.h.
 *
 * It is asked for its servers as ntpsync without arguments does, and its first
 * file is read as --config does, in whatever form its name or its lines tell.
 */

#include <stdbool.h>
#include <string.h>

#include "base/types.h"
#include "cli/config.h"
#include "cli/forms.h"
#include "cli/servers.h"
#include "cli/system.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"

static bool
is_guarded(const struct server_spec *s)
{
	return s->nts || s->key != 0;
}

/* How many came by DHCP, or are to be authenticated and did not. */
static unsigned
count(const struct servers *servers, bool brought)
{
	const struct server_spec *s;
	unsigned i, n = 0;

	for (i = 0; i < servers->n; i++) {
		s = &servers->list[i];
		if (brought)
			n += config_is_brought(s->from);
		else
			n += !config_is_brought(s->from) && is_guarded(s);
	}
	return n;
}

static struct config
read_in(const struct form *form, const char *path, enum lines_telling telling,
    bool *good)
{
	struct config c = { .telling = telling };

	*good = config_read(&c, form, path);
	HOLDS(c.depth == 0);
	HOLDS(c.nfiles > 0);
	fuzz_servers(&c.servers);
	fuzz_servers(&c.fallback);
	return c;
}

/* Who finds nothing wrong finds the same as who goes on after faults. */
static void
check_form(const struct form *form, const char *path)
{
	struct config strict, lenient;
	bool good, ignored;

	strict = read_in(form, path, LINES_TELL, &good);
	lenient = read_in(form, path, LINES_MENTION, &ignored);
	if (good) {
		HOLDS(strict.servers.n == lenient.servers.n);
		HOLDS(strict.fallback.n == lenient.fallback.n);
		HOLDS(strict.unsure == lenient.unsure);
	}
}

static void
check_named(const char *path)
{
	const struct form *form = form_of(path), *const * f;
	struct servers servers = { 0 };

	if (form != NULL)
		check_form(form, path);
	for (f = forms; form == NULL && *f != NULL; f++)
		check_form(*f, path);
	if (system_config(&servers, path))
		HOLDS(servers.n > 0);
	fuzz_servers(&servers);
}

static void
check_places(const struct place *place)
{
	struct config c;

	for (; place->form != NULL; place++) {
		c = (struct config){ .telling = LINES_MENTION };
		config_place(&c, place);
		HOLDS(c.depth == 0 && c.fallback.n == 0);
		fuzz_servers(&c.servers);
	}
}

static struct servers
found(void)
{
	struct servers servers = { 0 };
	int64_t wait_ns = 0;
	bool good = system_servers(&servers, &wait_ns);

	HOLDS(good == (servers.n > 0));
	HOLDS(wait_ns == 0);
	fuzz_servers(&servers);
	return servers;
}

/*
 * The network's servers are never mixed with others, nor do they take the place
 * of those that must be authenticated.
 */
static void
check_system(void)
{
	struct servers all = found(), own;

	HOLDS(count(&all, true) == 0 || count(&all, true) == all.n);
	world_hide("/run/");
	world_hide("/var/run/");
	own = found();
	HOLDS(count(&own, true) == 0);
	if (count(&own, false) > 0)
		HOLDS(count(&all, true) == 0 && all.n == own.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_begin();
	world_begin(bytes, n);
	if (world_first() != NULL)
		check_named(world_first());
	check_places(places);
	check_places(dhcp_places);
	check_system();
	world_end();
	fuzz_end();
	return 0;
}
