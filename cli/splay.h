#ifndef CLI_SPLAY_H
#define CLI_SPLAY_H

#include <stdint.h>

/*
 * Sleeps for a time up to max_ns that is this host's own, so that thousands of
 * hosts which are told the same moment do not all come at it.
 */
void splay_sleep(int64_t max_ns);
#endif
