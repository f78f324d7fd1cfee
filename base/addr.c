/*
 * Socket addresses and their text.  Numeric only: names are net/resolve's.
 */

#include "base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/types.h"

/* "eth0" or "2", behind a %; 0 when there is no such interface. */
static unsigned
scope_id(const char *scope)
{
	unsigned id = if_nametoindex(scope);

	if (id == 0 && !num_whole(&id, scope, 1, UINT32_MAX))
		return 0;
	return id;
}

static bool
parse_v6(struct sockaddr_in6 *sin6, const char *text)
{
	char host[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "%");

	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (inet_pton(AF_INET6, host, &sin6->sin6_addr) != 1)
		return false;
	if (text[n] == '%')
		return (sin6->sin6_scope_id = scope_id(text + n + 1)) != 0;
	return true;
}

void
addr_normalise(struct server_addr *a)
{
	struct sockaddr_in6 sin6;
	struct sockaddr_in sin = { .sin_family = AF_INET };

	memcpy(&sin6, &a->ss, sizeof(sin6));
	if (a->ss.ss_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&sin6.sin6_addr))
		return;
	sin.sin_port = sin6.sin6_port;
	memcpy(
	    &sin.sin_addr, &sin6.sin6_addr.s6_addr[12], sizeof(sin.sin_addr));
	memset(&a->ss, 0, sizeof(a->ss));
	memcpy(&a->ss, &sin, sizeof(sin));
	a->len = sizeof(sin);
}

bool
addr_parse(struct server_addr *a, const char *text, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(port) };

	if (inet_pton(AF_INET, text, &sin.sin_addr) == 1) {
		memcpy(&a->ss, &sin, sizeof(sin));
		a->len = sizeof(sin);
	} else if (parse_v6(&sin6, text)) {
		memcpy(&a->ss, &sin6, sizeof(sin6));
		a->len = sizeof(sin6);
		addr_normalise(a);
	} else {
		return false;
	}
	return true;
}

const char *
addr_text(char buf[ADDR_TEXT_SIZE], const struct server_addr *a)
{
	const struct sockaddr_in6 *sin6 = (const void *)&a->ss;
	const struct sockaddr_in *sin = (const void *)&a->ss;
	char name[IF_NAMESIZE];
	size_t n;

	buf[0] = '\0';
	if (a->len == 0)
		return buf;
	if (a->ss.ss_family == AF_INET) {
		inet_ntop(AF_INET, &sin->sin_addr, buf, ADDR_TEXT_SIZE);
		return buf;
	}
	inet_ntop(AF_INET6, &sin6->sin6_addr, buf, ADDR_TEXT_SIZE);
	n = strlen(buf);
	if (sin6->sin6_scope_id == 0)
		return buf;
	if (if_indextoname(sin6->sin6_scope_id, name) != NULL)
		snprintf(buf + n, ADDR_TEXT_SIZE - n, "%%%s", name);
	else
		snprintf(
		    buf + n, ADDR_TEXT_SIZE - n, "%%%u", sin6->sin6_scope_id);
	return buf;
}

uint16_t
addr_port(const struct server_addr *a)
{
	const struct sockaddr_in6 *sin6 = (const void *)&a->ss;
	const struct sockaddr_in *sin = (const void *)&a->ss;

	return ntohs(
	    a->ss.ss_family == AF_INET6 ? sin6->sin6_port : sin->sin_port);
}

static int
v6_order(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	if (a->sin6_port != b->sin6_port)
		return a->sin6_port < b->sin6_port ? -1 : 1;
	if (a->sin6_scope_id != b->sin6_scope_id)
		return a->sin6_scope_id < b->sin6_scope_id ? -1 : 1;
	return memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr));
}

static int
v4_order(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	if (a->sin_port != b->sin_port)
		return a->sin_port < b->sin_port ? -1 : 1;
	return memcmp(&a->sin_addr, &b->sin_addr, sizeof(a->sin_addr));
}

int
addr_order(const struct server_addr *a, const struct server_addr *b)
{
	if (a->ss.ss_family != b->ss.ss_family)
		return a->ss.ss_family < b->ss.ss_family ? -1 : 1;
	if (a->ss.ss_family == AF_INET6)
		return v6_order((const void *)&a->ss, (const void *)&b->ss);
	return v4_order((const void *)&a->ss, (const void *)&b->ss);
}
