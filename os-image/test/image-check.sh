#!/bin/sh
# os-image/test/image-check.sh ROOT: what must hold of a provisioned arm64 root, one line each; as root, on a machine that runs arm64 programs (binfmt).
# shellcheck disable=SC2016 # for awk and dpkg-query
set -u
root=$1 failures=0 checks=0

# holds WHAT COMMAND...: the command says whether it is so.
holds() {
  what=$1 && shift
  checks=$((checks + 1))
  if "$@" > /dev/null 2>&1; then printf 'ok      %s\n' "$what"; else
    printf 'not ok  %s\n' "$what"
    failures=$((failures + 1))
  fi
}
inside() { chroot "$root" "$@"; }
nothing() { [ -z "$("$@" 2> /dev/null)" ]; } # it prints nothing
prints() { wanted=$1 && shift && "$@" 2> /dev/null | grep -Eq "$wanted"; }
mode() { [ "$(stat -c %a "$root/$1")" = "$2" ]; }
enabled() { inside systemctl is-enabled --quiet "$1"; }
off() { prints '^(disabled|masked|not-found)$' inside systemctl is-enabled "$1"; }

for package in docker.io docker-cli openjdk-21-jre-headless nftables openssl openssh-server unattended-upgrades systemd-timesyncd systemd-zram-generator cloud-guest-utils python3 ca-certificates; do
  holds "package $package" prints '^ii' inside dpkg-query -W -f '${db:Status-Abbrev}' "$package"
done
holds 'no package is half installed' nothing inside dpkg --audit
holds 'the container engine runs here' prints 'Docker version' inside docker --version
holds 'the Java runtime is there' test -x "$root/usr/bin/java"
holds 'the nucleus is there' test -s "$root/usr/lib/fleet/nucleus/lib/Greengrass.jar"
holds 'the claim plugin is there' test -s "$root/usr/lib/fleet/nucleus/aws.greengrass.FleetProvisioningByClaim.jar"

holds 'the base image of the components is there, whole' sh -c 'cd "$1" && test -s index.json && for blob in blobs/sha256/*; do echo "${blob##*/}  $blob"; done | sha256sum -c --status' check "$root/usr/lib/fleet/base-image"

for unit in greengrass.service fleet-first-boot.service fleet-identity.path fleet-os-update.path fleet-site.service fleet-grow-root.service fleet-base-image.service docker.service nftables.service systemd-timesyncd.service systemd-time-wait-sync.service apt-daily.timer apt-daily-upgrade.timer; do
  holds "unit $unit is on" enabled "$unit"
done
for unit in ssh.service ssh.socket userconfig.service; do holds "unit $unit is off" off "$unit"; done
holds 'systemd finds no fault in our units' nothing inside sh -c 'systemd-analyze verify --man=no --recursive-errors=no /usr/lib/systemd/system/fleet-*.service /usr/lib/systemd/system/fleet-*.path /usr/lib/systemd/system/greengrass.service 2>&1 | grep -E "^(fleet-|greengrass)|/(fleet-|greengrass)[a-z-]*\.(service|path):"'

holds 'no account of a person' nothing awk -F: '$3 >= 1000 && $3 < 60000' "$root/etc/passwd"
holds 'every password is locked' nothing awk -F: '$2 !~ /^[!*]/' "$root/etc/shadow"
holds 'only root reads the passwords' nothing find "$root/etc/shadow" -perm /o+r
holds 'only root has user id 0' prints '^root$' awk -F: '$3 == 0 { print $1 }' "$root/etc/passwd"
holds 'nobody becomes root without a password' nothing grep -rsE 'NOPASSWD|!authenticate' "$root/etc/sudoers" "$root/etc/sudoers.d"
holds 'SSH takes no password' prints '^passwordauthentication no$' inside sh -c 'mkdir -p /run/sshd && ssh-keygen -q -A && sshd -T; rm -f /etc/ssh/ssh_host_*; rmdir /run/sshd'
holds 'root logs in by key alone' grep -qs '^PermitRootLogin prohibit-password' "$root/etc/ssh/sshd_config.d/10-fleet.conf"

holds 'what comes in is dropped' grep -q 'hook input priority filter; policy drop;' "$root/etc/nftables.conf"
holds 'no port is open' nothing sed -nE '/546/d; /dport [0-9{]/p' "$root/etc/nftables.conf"
holds 'Docker listens on no port' nothing grep -rsE 'tcp://|"hosts"' "$root/etc/docker" "$root/usr/lib/systemd/system/docker.service"

holds 'each device makes its own machine id' test ! -s "$root/etc/machine-id"
holds 'no host key' nothing find "$root/etc/ssh" -name 'ssh_host_*'
holds 'no private key of anybody' nothing grep -rlsE -e '-----BEGIN ([A-Z]+ )?PRIVATE KEY' "$root/etc" "$root/root" "$root/home" "$root/boot" "$root/var/lib/fleet" "$root/usr/lib/fleet"
holds 'no credentials' nothing grep -rlsE '(AKIA|ASIA)[A-Z0-9]{16}|aws_secret_access_key' "$root/etc" "$root/root" "$root/home" "$root/usr/lib/fleet/first-boot" "$root/usr/lib/fleet/host"
holds 'nothing of the build is left' nothing find "$root/tmp" "$root/var/log" "$root/var/lib/apt/lists" "$root/var/cache/apt/archives" -type f ! -name lock
holds 'the folder of the identity is closed' mode var/lib/fleet 700
holds 'nobody but root changes our scripts' nothing find "$root/usr/lib/fleet" '(' -perm /go+w -o ! -user root ')' ! -type l
holds 'no more programs with setuid than Debian has' nothing find "$root" -xdev -type f -perm -4000 ! -path '*/bin/*' ! -path '*/lib/dbus-1.0/*' ! -path '*/lib/openssh/*' ! -path '*/lib/polkit-1/*'

holds 'no write for a read' grep -Eq ' / ext4 .*noatime.*commit=30' "$root/etc/fstab"
holds 'only root reads the claim' grep -Eq ' /boot/firmware vfat .*umask=0077' "$root/etc/fstab"
holds 'no swap on the card' nothing grep -E '[[:space:]]swap[[:space:]]' "$root/etc/fstab"
holds 'swap is compressed memory' grep -q '^zram-size' "$root/etc/systemd/zram-generator.conf"
holds 'first boot and the nucleus wait for the time' sh -c 'grep -q "^After=.*time-sync.target" "$1/fleet-first-boot.service" && grep -q "^After=.*time-sync.target" "$1/greengrass.service"' check "$root/usr/lib/systemd/system"
holds 'the nucleus waits for Docker, and for the images that come from the card' sh -c 'grep -q "^After=.*docker.service" "$1/greengrass.service" && grep -q "^Before=.*greengrass.service" "$1/fleet-base-image.service"' check "$root/usr/lib/systemd/system"
holds 'first boot waits for neither' nothing grep -E '^After=.*(docker|greengrass|base-image)' "$root/usr/lib/systemd/system/fleet-first-boot.service"
holds 'the card has grown before images and nucleus need the room, and nothing else waits for that' grep -qx 'Before=fleet-base-image.service greengrass.service shutdown.target' "$root/usr/lib/systemd/system/fleet-grow-root.service"
holds 'the watchdog is on' grep -q '^RuntimeWatchdogSec=15' "$root/etc/systemd/system.conf.d/fleet.conf"
holds 'the journal is bounded' grep -q '^SystemMaxUse=' "$root/etc/systemd/journald.conf.d/fleet.conf"
holds 'security updates come by themselves' prints '"1"' inside apt-config dump APT::Periodic::Unattended-Upgrade

printf '%s checks, %s failed\n' "$checks" "$failures"
[ "$failures" = 0 ]
