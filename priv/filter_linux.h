#ifndef PRIV_FILTER_LINUX_H
#define PRIV_FILTER_LINUX_H

#include <stdbool.h>
#include <sys/syscall.h>

/* What newer calls are numbered from: not from zero on MIPS. */
#ifndef __NR_Linux
#define __NR_Linux 0
#endif

/*
 * Forbids this process, and threads it makes from now on, the system calls that
 * a client of NTP has no business with.  They fail with EPERM, and do not end
 * the process: a module of the name service that tries one can do without.
 * local: it may call on services of this machine, as such modules do.
 * Returns -1 with errno; EINVAL or ENOSYS: the kernel has no such filters.
 */
int filter_install(bool local) __attribute__((warn_unused_result));
#endif
