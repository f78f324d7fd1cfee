# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # tests/faults.sh uses what is set here
# What tests/faults.sh tries: the runs, what can go wrong with each call, and
# what may come of it.

# The servers, in a network of the room's own; both are 1.5 s ahead.
A=127.0.0.1 B=127.0.0.2

# Every run; what is said of it is in `describe`.
RUNS=(text json verbose samples bind names output quiet file config system
    splay step slew set dry setout wait waitstep)

# describe RUN: ARGS, and of what kind it is.
#   FORM    json or text, where the report goes to: out or file
#   CLOCK   measures, sets, or would
#   FILES   yes: it reads files that say whom to ask, so exit 2 can be meant
#   SPARE   descriptors that it may have open at its end beyond those it has
#           where nothing fails: one that could not be closed, or those of
#           threads that look up names and are left behind, or the lock
describe() {
    FORM=json PLACE=out CLOCK=measures FILES=no SPARE=0
    [ "$CALL" != close ] || SPARE=1
    ARGS=(-t 1s -j "$A" "$B")
    case $1 in
    text) FORM=text ARGS=(-t 1s "$A" "$B") ;;
    json) ;;
    verbose) FORM=text ARGS=(-t 1s -v -d "$A" "$B") ;;
    samples) ARGS=(-t 1s -j -p 2 -i 5ms "$A" "$B") ;;
    bind) ARGS=(-t 1s -j -I "$A" "$A" "$B") ;;
    names) SPARE=6 ARGS=(-t 1s -j a.test b.test gone.test) ;;
    output) PLACE=file ARGS+=(-O "$DIR/folder/report") ;;
    quiet) PLACE=none ARGS+=(--quiet) ;;
    file) FILES=yes ARGS=(-t 1s -j --file /etc/list) ;;
    config) FILES=yes ARGS=(-t 1s -j --config /etc/ntp.conf) ;;
    system) FILES=yes ARGS=(-t 1s -j) ;;
    splay) ARGS+=(--splay 1ms) ;;
    step) CLOCK=sets ARGS+=(-S) ;;
    slew) CLOCK=sets ARGS+=(-s) ;;
    set) CLOCK=sets ARGS+=(--set --step-over 5s) ;;
    dry) CLOCK=would ARGS+=(-S -n) ;;
    setout) CLOCK=sets PLACE=file ARGS+=(--set -O "$DIR/folder/report") ;;
    wait) ARGS=(-t 500ms -w 2s -j "$A" "$B") ;;
    waitstep) SPARE=6 CLOCK=sets ARGS=(-t 500ms -w 2s -j -S a.test "$B") ;;
    *) return 1 ;;
    esac
    [ "$CLOCK" != sets ] || SPARE=$((SPARE + 1))
}

# errors CALL: what it can fail with, by its manual page.  Nothing: it cannot,
# or not for a caller who asks for what is possible.  A call that nobody has
# thought of yet is refused as by a filter, or runs out of memory.
errors() {
    # Where the sanitizers do not get what they want they end the process.
    [[ $NTPSYNC:$1 != *.asan:@(mmap|munmap|mprotect|madvise|sigaltstack|sched_getaffinity) ]] || return 0
    case $1 in
    # brk fails by another value than -1; of futex and rseq the C library takes
    # nothing that Linux would not say there, and ends the process.
    brk | futex | rseq) ;;
    exit_group | exit | getpid | gettid | getuid | geteuid | getgid | getegid | umask) ;;
    rt_sigreturn | rt_sigprocmask | rt_sigaction | set_robust_list | uname) ;;
    read | pread64 | readv) echo EIO EINTR EISDIR ;;
    write | writev | pwrite64) echo EIO ENOSPC EPIPE EINTR EAGAIN EDQUOT EFBIG ;;
    close) echo EIO EINTR ENOSPC ;;
    openat | open) echo ENOENT EACCES EMFILE ENFILE ENOMEM EIO ELOOP EROFS EPERM ENOSPC EINTR ;;
    fstat | newfstatat | stat | lstat | statx) echo EIO ENOMEM EACCES ENOENT EOVERFLOW ;;
    readlink | readlinkat | access | faccessat | faccessat2) echo EACCES ENOENT EIO ENOMEM ;;
    getdents64) echo EIO ENOENT ENOMEM ;;
    lseek) echo ESPIPE EOVERFLOW ;;
    mmap) echo ENOMEM EAGAIN EPERM ;;
    munmap | mprotect | madvise | mremap) echo ENOMEM ;;
    socket | socketpair) echo EMFILE ENFILE ENOBUFS ENOMEM EACCES EPERM EAFNOSUPPORT EPROTONOSUPPORT ;;
    pipe | pipe2 | eventfd2 | epoll_create1) echo EMFILE ENFILE ENOMEM ;;
    connect) echo ENETUNREACH EHOSTUNREACH ECONNREFUSED EADDRNOTAVAIL EACCES EPERM EAGAIN ENOBUFS EINTR ;;
    bind) echo EADDRINUSE EADDRNOTAVAIL EACCES ENOMEM ;;
    getsockname | getpeername) echo ENOBUFS EBADF ;;
    setsockopt | getsockopt) echo ENOPROTOOPT EPERM ENOMEM EINVAL ENODEV ;;
    sendto | sendmsg | sendmmsg) echo EAGAIN ENOBUFS ENETUNREACH EHOSTUNREACH ECONNREFUSED EPERM EMSGSIZE EINTR ENOMEM ;;
    recvmsg | recvfrom | recvmmsg) echo EAGAIN EINTR ECONNREFUSED EHOSTUNREACH ENETUNREACH ENOMEM ;;
    poll | ppoll | select | pselect6 | epoll_wait) echo EINTR ENOMEM ;;
    clock_nanosleep | nanosleep) echo EINTR ;;
    getrandom) echo EINTR EAGAIN ENOSYS EIO ;;
    clone3) echo ENOSYS EAGAIN ENOMEM EPERM ;;
    clone | fork | vfork) echo EAGAIN ENOMEM EPERM ;;
    wait4 | waitid) echo EINTR ECHILD ;;
    rename | renameat | renameat2) echo EACCES EPERM ENOSPC EIO EROFS EXDEV ENOENT EISDIR EDQUOT ;;
    fsync | fdatasync) echo EIO ENOSPC EROFS EINVAL ;;
    fchmod | fchmodat | chmod | ftruncate | utimensat) echo EPERM EIO EROFS EACCES ;;
    mkdir | mkdirat) echo EEXIST EACCES ENOSPC EROFS ENOENT ;;
    unlink | unlinkat) echo EACCES EIO EROFS ;;
    flock) echo EWOULDBLOCK EINTR ENOLCK EBADF ;;
    ioctl) echo ENOTTY EIO ;;
    fcntl) echo EINVAL EBADF EACCES ;;
    prlimit64) echo EPERM ENOMEM ;;
    seccomp | landlock_*) echo ENOSYS EPERM EINVAL EOPNOTSUPP ;;
    prctl) echo EPERM EINVAL ;;
    set*id | setgroups | setres?id | capset) echo EPERM EAGAIN ;;
    kill | tgkill | pidfd_*) echo ESRCH EPERM ENOSYS ;;
    # The clock's own, which never reach the kernel: tests/helpers/fakeclock.c.
    clock/probe) echo EPERM EACCES ENOSYS ;;
    clock/read) echo EPERM ENOSYS EFAULT ;;
    clock/*) echo EPERM EINVAL ENOSYS EOPNOTSUPP ;;
    *) echo EPERM ENOSYS ENOMEM ;;
    esac
}

# moved NAME NTH: whether what is in the log of the imagined clock has moved it;
# the NTH call NAME failed.
moved() {
    local name words n=0
    local change='^modes=(0x[0-9a-f]+) time=(-?[0-9.]+) offset=(-?[0-9]+) '
    while read -r name words; do
        [ "$name" != "$1" ] || n=$((n + 1))
        if [ "$name" = "$1" ] && [ "$n" -eq "$2" ]; then
            continue
        elif [ "$name" = clock_settime ]; then
            return 0
        elif [ "$name" = adjtime ]; then
            [ "$words" = '0 000000' ] || return 0
        elif [ "$name" = adjtimex ] && [[ $words =~ $change ]]; then
            if [ $((BASH_REMATCH[1])) -eq $((0x8001)) ]; then
                [ "${BASH_REMATCH[3]}" = 0 ] || return 0
            elif [ $((BASH_REMATCH[1] & 0x100)) -ne 0 ]; then
                [[ ${BASH_REMATCH[2]} =~ ^0\.0*$ ]] || return 0
            fi
        fi
    done <"$FAKECLOCK_LOG"
    return 1
}
