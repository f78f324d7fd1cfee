# shellcheck shell=sh
# The network of a virtual machine, brought up.

# The host's loopback is 10.0.2.2.  Its address is known, or the kernel would
# ask for it from time to time, in the middle of a measurement; and until the
# link is said to be up, packets are dropped.
network() {
    ip link set lo up
    ip addr add 10.0.2.15/24 dev eth0
    ip link set eth0 up
    arp -s 10.0.2.2 52:55:0a:00:02:02
    while [ "$(cat /sys/class/net/eth0/operstate)" = down ]; do
        usleep 10000
    done
}
