#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

struct server_addr;

/*
 * A numeric address, IPv4 in dotted quads or IPv6 with an optional %scope; port
 * in host order.  False, and *a untouched, for anything else.
 */
bool addr_parse(struct server_addr *a, const char *text, uint16_t port)
    __attribute__((warn_unused_result));

/* ::ffff:192.0.2.1 is 192.0.2.1: one server must not pass for two. */
void addr_normalise(struct server_addr *);

#define ADDR_TEXT_SIZE 64

/* The way back, without the port; "" for no address.  Returns buf. */
const char *addr_text(char buf[ADDR_TEXT_SIZE], const struct server_addr *a);

/* The port, in host order. */
uint16_t addr_port(const struct server_addr *a);

/* Below, equal to or above zero, as for qsort: an order of addresses. */
int addr_order(const struct server_addr *a, const struct server_addr *b);
#endif
