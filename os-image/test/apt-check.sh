#!/bin/sh
# os-image/test/apt-check.sh ROOT: the host unit fleet-os-update with Debian's own apt and dpkg, under a real systemd: a repository in the container has packages
# that fail, that the power cuts off, that ask for a reboot, and one on hold. ROOT: as for units-check.sh. As root; takes a minute.
# shellcheck disable=SC2016 # for the shells inside
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=os-image/test/container.sh
. "$here/container.sh"

# package NAME VERSION [POSTINST [DEPENDS]]: into the repository. Each has a configuration file.
package() {
  folder=$root/tmp/$1
  rm -rf "$folder"
  mkdir -p "$folder/DEBIAN" "$folder/etc/fleet-test" "$folder/root" "$folder/home" # as base-files has them
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: for a test\n%s' "$1" "$2" "${4:+Depends: $4
}" > "$folder/DEBIAN/control"
  printf '%s of %s\n' "$1" "$2" > "$folder/etc/fleet-test/$1"
  printf '/etc/fleet-test/%s\n' "$1" > "$folder/DEBIAN/conffiles"
  printf '#!/bin/sh\nset -e\n%s\n' "${3:-true}" > "$folder/DEBIAN/postinst"
  chmod 755 "$folder/DEBIAN/postinst"
  chroot "$root" dpkg-deb --build --root-owner-group "/tmp/$1" "/repository/$1_$2.deb" > /dev/null
}

# next_of NAME: one of Debian's own packages as it is installed, with all its scripts, as a later version.
next_of() {
  folder=$root/tmp/next
  rm -rf "$folder"
  mkdir -p "$folder/DEBIAN"
  chroot "$root" dpkg-query -L "$1" | sed -n 's|^/|./|p' | grep -v '^\./\.$' > "$root/tmp/list"
  tar -c -C "$root" --no-recursion --ignore-failed-read -T "$root/tmp/list" | tar -x -C "$folder"
  for script in preinst postinst prerm postrm conffiles triggers templates; do
    for file in "$root/var/lib/dpkg/info/$1.$script" "$root/var/lib/dpkg/info/$1:"*".$script"; do
      if [ -e "$file" ]; then cp "$file" "$folder/DEBIAN/$script"; fi
    done
  done
  chroot "$root" dpkg-query -s "$1" | sed -e '/^Status:/d' -e '/^Conffiles:/,/^[A-Z]/{/^Conffiles:/d;/^ /d}' -e 's/^Version: .*/&+next/' > "$folder/DEBIAN/control"
  chroot "$root" dpkg-deb --build --root-owner-group /tmp/next "/repository/$1_next.deb" > /dev/null
}
is_next() { case $(version "$1") in ii*+next) ;; *) return 1 ;; esac; }

# index: what the repository has, as apt reads it.
index() {
  for file in "$root"/repository/*.deb; do
    dpkg-deb -f "$file"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${file##*/}" "$(wc -c < "$file" | tr -d ' ')" "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done > "$root/repository/Packages"
  printf 'Date: %s\nSHA256:\n %s %s Packages\n' "$(LC_ALL=C date -Ru)" "$(sha256sum "$root/repository/Packages" | cut -d ' ' -f 1)" "$(wc -c < "$root/repository/Packages" | tr -d ' ')" > "$root/repository/Release"
}

# As the component does: it replaces the file, which wakes the unit.
ask() { inside sh -c 'echo "$1" > /tmp/request && chown 10001:10001 /tmp/request && mv /tmp/request /var/lib/fleet/os-update/component/request' ask "$1"; }
answers() { grep -Eq "^$1" "$root/var/lib/fleet/os-update/host/answer"; }
version() { chroot "$root" dpkg-query -W -f '${db:Status-Abbrev} ${Version}' "$1"; }
is_at() { [ "$(version "$1")" = "$2" ]; }
changed() { [ "$(cat "$root/var/lib/fleet/os-update/host/changes")" = "$1" ]; }

invocation() { inside systemctl show -P InvocationID fleet-os-update.service; }
has_run_since() { [ "$(invocation)" != "$1" ] && [ "$(inside systemctl show -P ActiveState fleet-os-update.service)" = inactive ]; }

new_root "$1"
mkdir -p "$root/repository" "$root/var/lib/fleet" "$root/etc/systemd/system/fleet-os-update.service.d"
date > "$root/var/lib/fleet/first-boot.done"
printf '[Service]\nRestartSec=1\n' > "$root/etc/systemd/system/fleet-os-update.service.d/soon.conf" # not in ten minutes
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
printf 'deb [trusted=yes] file:/repository ./\n' > "$root/etc/apt/sources.list"
for name in plain held fails slow much; do package "$name" 1.0; done
chroot "$root" sh -c 'dpkg -i /repository/*.deb && apt-mark hold held' > /dev/null
printf 'changed here\n' > "$root/etc/fleet-test/plain"

package plain 2.0 true new
package new 1.0
package held 2.0
package fails 2.0 'test -e /may-configure'
index
boot

ask 'update 2026-11 when-needed'
holds 'a package that cannot be configured: the update has failed, and says so' until_so answers 'failed 2026-11 [0-9]+ apt-get upgrade failed \(exit code 100\)'
holds 'it is tried again' until_so answers 'failed 2026-11 [2-9] '
holds 'it is not written down as done' sh -c '! grep -s 2026-11 "$1/var/lib/fleet/os-update-work/done"' check "$root"
touch "$root/may-configure"
holds 'it is repeated by itself until it is done' until_so answers 'done 2026-11 [0-9]+ 3 complete$'
holds 'it tells all that has changed, through all attempts' changed "$(printf 'fails 1.0 2.0\nnew - 1.0\nplain 1.0 2.0')"
holds 'a package on hold stays as it is' is_at held 'hi  1.0'
holds 'a configuration file that was changed here is kept' grep -q 'changed here' "$root/etc/fleet-test/plain"

before=$(invocation)
ask 'update 2026-11 when-needed'
holds 'asked once more, it looks' until_so has_run_since "$before"
holds 'and does nothing' answers 'done 2026-11 [0-9]+ 3 complete$'

package slow 2.0 'test -e /was-cut || { touch /in-the-middle; sleep 3600; }'
index
ask 'update 2026-12 when-needed'
holds 'an update that takes its time' until_so test -e "$root/in-the-middle"
cut_power
touch "$root/was-cut"
holds 'the power goes in the middle of a package: dpkg knows it as half done' sh -c 'test -n "$(chroot "$1" dpkg --audit)"' check "$root"
holds 'it was never said to be done' answers 'updating 2026-12 1$'
boot
holds 'the next start goes on with it by itself' until_so answers 'done 2026-12 2 1 complete$'
holds 'no package is half done' sh -c 'test -z "$(chroot "$1" dpkg --audit)"' check "$root"
holds 'the package is at its new version' is_at slow 'ii  2.0'

package plain 3.0 'touch /run/reboot-required'
index
boot_id=$(inside cat /proc/sys/kernel/random/boot_id)
ask 'update 2027-01 when-needed'
holds 'a package that asks for a reboot gets it' comes_back
holds 'then it is done' until_so answers 'done 2027-01 1 1 complete$'
holds 'by another start of the system' sh -c 'test "$1" != "$2"' check "$boot_id" "$(inside cat /proc/sys/kernel/random/boot_id)"

package plain 4.0 'touch /run/reboot-required'
index
ask 'update 2027-02 never'
holds 'a reboot that is not allowed is told as pending' until_so answers 'done 2027-02 1 1 reboot-pending$'

# What Debian's packages do in their scripts: users and their files, set-user-id, services, kernel modules, the boot partition.
package much 2.0 'getent passwd fleet-test || useradd --system fleet-test
install -D -o fleet-test -m 4755 /bin/true /usr/lib/fleet-test/suid
runuser -u fleet-test -- sh -c "test -w /tmp"
install -D -m 644 /dev/null /usr/lib/modules/test/module && install -D -m 644 /dev/null /boot/firmware/kernel8.img
printf "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n" > /etc/systemd/system/much.service
systemctl daemon-reload && systemctl restart much.service'
debian_own='base-files base-passwd libc6 passwd udev dbus openssl apt'
for name in $debian_own; do next_of "$name"; done
index
ask 'update 2027-02.5 never'
holds 'what scripts of packages do is not kept from them' until_so answers 'done 2027-02.5 1 [0-9]+ '
for name in $debian_own; do holds "$name, one of Debian's own, is at its next version" is_next "$name"; done
holds 'a file has its owner and its set-user-id bit' sh -c 'test "$(chroot "$1" stat -c "%U %a" /usr/lib/fleet-test/suid)" = "fleet-test 4755"' check "$root"
holds 'a service that a package brings runs' inside systemctl is-active much.service

mv "$root/repository" "$root/gone"
ask 'update 2027-03 never'
holds 'a repository that is not there is a failure, not «nothing to do»' until_so answers 'failed 2027-03 [0-9]+ apt-get update failed'

power_off
sum_up
