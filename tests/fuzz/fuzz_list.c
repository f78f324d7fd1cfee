/*
 * Fuzzer of list files: an input is what --file reads.
 */

#include "base/types.h"
#include "cli/servers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct servers servers = { 0 };

	fuzz_begin();
	world_begin_with("/list", bytes, n);
	(void)!servers_file(&servers, "/list");
	fuzz_servers(&servers);
	HOLDS(!servers_file(&servers, "/not/there"));
	HOLDS(!servers_file(&servers, "/forbidden/list"));
	world_end();
	fuzz_end();
	return 0;
}
