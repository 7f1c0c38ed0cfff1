#!/bin/sh
# os-image/test/running-check.sh ROOT.tar: a whole provisioned root of this machine's architecture, started in a container of systemd-nspawn: what listens, what comes
# in, what has failed. Not Docker, which wants a machine of its own. As root; takes half a minute.
# shellcheck disable=SC2016 # for the shells inside
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=os-image/test/container.sh
. "$here/container.sh"

# outside PORT: whether a connection from the other end of the cable is made within two seconds.
outside() { timeout 2 nsenter -t "$visitor" -n bash -c 'exec 3<> "/dev/tcp/192.0.2.2/$0"' "$1"; }
refused() { ! outside "$@"; }

# plug_in: a network cable between the container and a visitor with a network of his own. The addresses are for documentation (RFC 5737).
plug_in() {
  printf '[Match]\nName=cable0\n[Network]\nAddress=192.0.2.2/30\n' > "$root/etc/systemd/network/10-cable.network" && inside networkctl reload &&
    ip link add cable1 netns "$visitor" type veth peer name cable0 netns "$(init)" &&
    nsenter -t "$visitor" -n sh -c 'ip address add 192.0.2.1/30 dev cable1 && ip link set cable1 up' &&
    until_so inside sh -c 'ip -brief address show dev cable0 | grep -q "UP.*192.0.2.2"'
}

new_work
mkdir "$root"
tar -x -f "$1" -C "$root" --numeric-owner --exclude='dev/*' --exclude='./dev/*'
mkdir -p "$root/dev" "$root/sys" "$root/proc" "$root/run"
rm -f "$root/etc/fstab" "$root/run/.containerenv" "$root/.dockerenv" # there are no partitions
for unit in docker.service docker.socket containerd.service fleet-base-image.service fleet-grow-root.service systemd-timesyncd.service systemd-time-wait-sync.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit" # no engine, no disk and no time server in here
done
boot

holds 'it starts' inside systemctl is-active multi-user.target
holds 'first boot says what it needs' until_so inside grep -q '^what: ' /boot/firmware/fleet-status.txt
holds 'the firewall is up: what comes in is dropped' inside sh -c 'nft list chain inet fleet input | grep -q "policy drop"'
holds 'nothing listens but on the device itself' inside sh -c 'ss -Hlntu; test -z "$(ss -Hlntu | awk "{ print \$5 }" | grep -v -E "^(127\.|\[::1\])")"'
holds 'SSH does not run' inside sh -c '! systemctl is-active ssh.service'
holds 'the watchdog would be fed' inside sh -c 'systemd-analyze cat-config systemd/system.conf | grep -q "^RuntimeWatchdogSec=15"'
holds 'the journal is on the card, and bounded' inside sh -c 'journalctl --flush && ls /var/log/journal/*/system.journal && systemd-analyze cat-config systemd/journald.conf | grep -q "^SystemMaxUse="'
holds 'nobody has a password' inside sh -c 'test -z "$(getent shadow | cut -d : -f 2 | grep -v "^[!*]")"'
holds 'the wait for the time is part of the start' inside sh -c 'systemctl show -P After fleet-first-boot.service | grep -q time-sync.target'
holds 'security updates are due every day' inside systemctl is-active apt-daily-upgrade.timer
holds 'our units listen' inside systemctl is-active fleet-identity.path fleet-os-update.path
holds 'no unit has failed but first boot, which waits for help' inside sh -c 'systemctl --failed --plain --no-legend | grep -v "^fleet-first-boot"; test -z "$(systemctl --failed --plain --no-legend | grep -v "^fleet-first-boot")"'

unshare --net sleep 600 & # the visitor
visitor=$!
if plug_in; then
  holds 'nor with a cable in: neither LLMNR (5355) nor mDNS (5353)' inside sh -c 'resolvectl --no-pager; ss -Hlntu; test -z "$(ss -Hlntu | awk "{ print \$5 }" | grep -v -E "^(127\.|\[::1\])")" && ! resolvectl --no-pager | grep -E "\+(LLMNR|mDNS)|(LLMNR|MulticastDNS) setting: yes"'
  inside sh -c 'setsid python3 -m http.server 8080 --bind 192.0.2.2 > /dev/null 2>&1 &'
  until_so inside sh -c 'ss -Hlnt | grep -q 8080'
  holds 'what a program opens cannot be reached from outside' refused 8080
  inside nft add element inet fleet open_ports '{ 8080 }'
  holds 'until its port is opened: the cable is not what kept it away' outside 8080
  inside sh -c 'mkdir -p /root/.ssh && ssh-keygen -q -t ed25519 -N "" -f /tmp/key && cp /tmp/key.pub /root/.ssh/authorized_keys && systemctl start ssh.service'
  holds 'with a key given, SSH runs and its port is open' until_so outside 22
  inside systemctl stop ssh.service
  holds 'and closed when it ends' inside sh -c '! nft list set inet fleet open_ports | grep -qw 22'
else
  printf 'skipped: connections from outside: no veth here\n'
fi
exposures

kill "$visitor"
power_off
sum_up
