/*
 * Fuzzer of base/addr: each line of an input is an address, or none, and what
 * is one comes back the same from its text.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/addr.h"
#include "base/types.h"
#include "tests/fuzz/fuzz.h"

#define PORT 4123

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
check_order(const struct server_addr *a, const struct server_addr *b)
{
	HOLDS(addr_order(a, a) == 0);
	HOLDS(sign(addr_order(a, b)) == -sign(addr_order(b, a)));
}

static void
check_address(const struct server_addr *a)
{
	const struct sockaddr_in6 *sin6 = (const void *)&a->ss;
	struct server_addr again = { 0 };
	char text[ADDR_TEXT_SIZE];

	HOLDS(addr_port(a) == PORT);
	HOLDS(a->len == (a->ss.ss_family == AF_INET
				? sizeof(struct sockaddr_in)
				: sizeof(struct sockaddr_in6)));
	HOLDS(a->ss.ss_family != AF_INET6 ||
	      !IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr));
	HOLDS(addr_text(text, a) == text && strlen(text) < sizeof(text));
	HOLDS(addr_parse(&again, text, PORT));
	HOLDS(again.len == a->len && addr_order(a, &again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct server_addr a = { 0 }, last = { 0 };
	static const struct server_addr none;
	char *text, *line;

	fuzz_begin();
	text = fuzz_text(bytes, n);
	while ((line = strsep(&text, "\n")) != NULL) {
		if (!addr_parse(&a, line, PORT)) {
			HOLDS(memcmp(&a, &last, sizeof(a)) == 0);
			continue;
		}
		check_address(&a);
		check_order(&a, &last);
		last = a;
	}
	addr_normalise(&a);
	HOLDS(memcmp(&a, &last, sizeof(a)) == 0);
	HOLDS(*addr_text((char[ADDR_TEXT_SIZE]){ "?" }, &none) == '\0');
	fuzz_end();
	return 0;
}
