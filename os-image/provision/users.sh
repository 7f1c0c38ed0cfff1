#!/bin/sh
# os-image/provision/users.sh: nobody can log in by password, and nobody becomes root without one.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

# Every password is locked, root's too; accounts that people were meant to use are gone (Raspberry Pi OS has `pi`).
awk -F: '$3 >= 1000 && $3 < 60000 { print $1 }' "$root/etc/passwd" | while IFS= read -r user; do
  userdel ${root:+--root "$root"} "$user"
done
rm -rf "$root/home/pi" "$root/etc/sudoers.d/010_pi-nopasswd" "$root/etc/sudoers.d/010_pi-nopasswd.new"
awk -F: -v OFS=: '$2 !~ /^[!*]/ { $2 = "!*" } { print }' "$root/etc/shadow" | put "$root/etc/shadow" 600
