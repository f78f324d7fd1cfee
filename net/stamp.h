#ifndef NET_STAMP_H
#define NET_STAMP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What this system adds to an UDP socket: when the kernel saw a packet leave
 * and arrive, what ICMP said, a device to go through.  One file for each kind
 * of system; each does what it can.
 */

/* Asks for all of it; what is refused is done without. */
void stamp_enable(int fd, int family);

/*
 * Reads one packet without waiting.  *rx_ns is when the kernel received it by
 * the local clock, 0: not known.  Returns its length, more than size if it did
 * not fit, or -1 with errno: EAGAIN or what ICMP said.
 */
ssize_t stamp_receive(int fd, void *buf, size_t size, int64_t *rx_ns);

/*
 * Reads what the kernel reports of packets sent.  Sets *tx_ns when it tells
 * when one left, and *error (an errno) when it tells that one was turned away;
 * otherwise leaves them alone.
 */
void stamp_sent(int fd, int64_t *tx_ns, int *error);

/* Packets go and come through this device only; -1 with errno if they cannot.
 */
int stamp_bind_device(int fd, const char *name);
#endif
