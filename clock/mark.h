#ifndef CLOCK_MARK_H
#define CLOCK_MARK_H

/*
 * Lets systemd know that the clock is right, where there is systemd: what waits
 * for time-sync.target wakes up by nothing else after a slew.
 */
void mark_synchronised(void);

/* The file that does it. */
extern const char mark_path[];
#endif
