#!/bin/busybox sh
# shellcheck shell=dash
# The first and only program of the virtual machine: makes a small system out of
# a bare kernel, and then runs one of the scripts beside it.
#
# The kernel hands over as variables what stood on its command line: SCRIPT, the
# script's name; PORT, where the host's server is; YEAR, what the RTC said. The
# results go to the second serial port, so that no message of the kernel gets
# between them; the console is the first one.
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
exec </dev/null >/dev/ttyS1 2>&1
export PATH=/bin HOME=/ SCRIPT PORT YEAR
/bin/busybox --install -s /bin
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp

for module in /modules/*; do # numbered in the order they need each other
    insmod "$module"
done

# shellcheck source=tests/vm/net.sh
. /vm/net.sh
[ "$SCRIPT" = boot ] || network # that one begins without

sh "/vm/$SCRIPT.sh" 2>&1 | cat # no terminal
echo '# end'
poweroff -f
