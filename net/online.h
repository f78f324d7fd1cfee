#ifndef NET_ONLINE_H
#define NET_ONLINE_H

#include <stdbool.h>

/*
 * Whether there is a network: its coming, for --wait.  One file for each kind
 * of system.
 */

/* Becomes readable when links, addresses or routes change; -1: never. */
int online_open(void);

/* Reads what has come in. */
void online_read(int fd);

/* Whether an interface other than loopback is up and has an address. */
bool online_now(void);
#endif
