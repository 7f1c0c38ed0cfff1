#!/bin/sh
# os-image/test/units-check.sh ROOT: our units under a real systemd, in a container of systemd-nspawn: they start, path units fire, the confinement holds.
# ROOT: a Debian of this machine's architecture with systemd (`units-root.sh` makes one). As root; takes half a minute.
# shellcheck disable=SC2016 # for the shells inside
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=os-image/test/container.sh
. "$here/container.sh"

new_root "$1"
# What our confined units can do is tried from inside their confinement.
for unit in fleet-first-boot fleet-identity; do
  mkdir -p "$root/etc/systemd/system/$unit.service.d"
  cat > "$root/etc/systemd/system/$unit.service.d/probe.conf" << 'EOF_PROBE'
[Service]
ExecStartPre=/bin/sh -c 'p=/var/lib/fleet/probe.%N; : > $p; for t in "touch /etc/x" "touch /usr/x" "touch /home/x" "test -e /dev/sda" "unshare -n true" "mknod /tmp/d b 7 0" "cat /dev/kmsg" "bash -c :</dev/tcp/127.0.0.1/1"; do if sh -c "$t" 2> /dev/null; then echo "could: $t" >> $p; fi; done; echo end >> $p'
EOF_PROBE
done

# The site's settings cannot be taken over at first: every write to this file is «No space left on device».
printf 'hostname = "hall-3"\n[ssh]\nkeys = ["ssh-ed25519 AAAA me"]\n' > "$root/boot/firmware/fleet.toml"
ln -s /dev/full "$root/etc/hosts.tmp"
mkdir -p "$root/etc/systemd/system/fleet-site.service.d"
printf '[Service]\nRestartSec=1\n' > "$root/etc/systemd/system/fleet-site.service.d/soon.conf" # not in half a minute

boot
holds 'a card that is full keeps the settings of the site away, and they are tried again' until_so inside sh -c 'test "$(systemctl show -P NRestarts fleet-site.service)" -gt 1'
rm "$root/etc/hosts.tmp"
holds 'until they are taken over' until_so inside systemctl is-active fleet-site.service
holds 'in their confinement' inside sh -c 'test "$(hostname)" = hall-3 && grep -q "hall-3" /etc/hosts && test -s /root/.ssh/authorized_keys'
holds 'first boot has run and written its status onto the boot partition' until_so inside grep -q '^what: ' /boot/firmware/fleet-status.txt
holds 'what it needs and has not is told' until_so inside grep -Eq 'no serial number|root-ca.pem|settings.env' /boot/firmware/fleet-status.txt
inside sh -c 'echo "hostname = nobody knows" > /boot/firmware/fleet.toml && systemctl reset-failed fleet-site.service; ! systemctl restart fleet-site.service 2> /dev/null'
holds 'a file that is wrong is told, and not tried again' inside sh -c 'grep -q "fleet.toml .* is wrong" /boot/firmware/fleet-status.txt && test "$(systemctl show -P ActiveState fleet-site.service) $(systemctl show -P ExecMainStatus fleet-site.service) $(systemctl show -P NRestarts fleet-site.service)" = "failed 78 0"'
inside sh -c 'rm /boot/firmware/fleet.toml && systemctl restart fleet-site.service'
holds 'the nucleus waits for its configuration' inside sh -c 'test "$(systemctl show -P ConditionResult greengrass.service)" = no'
holds 'first boot cannot do what it need not' inside sh -c 'test "$(cat /var/lib/fleet/probe.fleet-first-boot)" = end'
holds 'the folder of the rotator belongs to the components' inside sh -c 'test "$(stat -c "%a %u" /var/lib/fleet/rotation/rotator)" = "700 10001"'

inside sh -c 'date > /var/lib/fleet/first-boot.done; mkdir -p /var/lib/fleet/identity/generations/1; ln -sfn generations/1 /var/lib/fleet/identity/current'
# As Docker does: the component sees its folder alone, not the way to it.
inside sh -c 'mkdir -p /mnt/rotation && mount --bind /var/lib/fleet/rotation /mnt/rotation'
inside setpriv --reuid 10001 --regid 10001 --clear-groups sh -c 'echo "back no-such-generation" > /mnt/rotation/rotator/wish'
holds 'a wish of the rotator fires the host unit, which answers' until_so inside grep -q '^back no-such-generation' /var/lib/fleet/rotation/host/answer
holds 'the host unit cannot do what it need not' inside sh -c 'test "$(cat /var/lib/fleet/probe.fleet-identity)" = end'
holds 'the rotator cannot write the answer' sh -c '! nsenter -t "$1" -a setpriv --reuid 10001 --regid 10001 --clear-groups sh -c "echo x >> /mnt/rotation/host/answer"' try "$(init)"
for unit in $(cd "$root/usr/lib/systemd/system" && ls fleet-*.path); do holds "$unit listens" inside systemctl is-active "$unit"; done
holds 'no unit of ours has failed but first boot, which waits for help' inside sh -c 'test -z "$(systemctl --failed --plain --no-legend | grep -E "^(fleet|greengrass)" | grep -v "^fleet-first-boot")"'
exposures

power_off
sum_up
