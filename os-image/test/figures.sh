#!/bin/sh
# os-image/test/figures.sh BASE.tar ROOT.tar: what provisioning has added to a bare system, in packages and bytes.
set -eu
base=$1 root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# installed TAR: `name KiB` of each package that is installed.
installed() {
  { tar -x -O -f "$1" ./var/lib/dpkg/status 2> /dev/null || tar -x -O -f "$1" var/lib/dpkg/status; } |
    awk '/^Package:/ { name = $2 } /^Status:/ { is = / installed$/ } /^Installed-Size:/ { kib = $2 } /^$/ { if (is) print name, kib; is = 0 } END { if (is) print name, kib }' | sort
}
mib() { awk -v bytes="$1" 'BEGIN { printf "%.0f MiB", bytes / 1048576 }'; }

installed "$base" > "$work/base"
installed "$root" > "$work/root"
printf 'packages: %s, of them %s added by provisioning\n' "$(wc -l < "$work/root" | tr -d ' ')" "$(join -v 2 "$work/base" "$work/root" | wc -l | tr -d ' ')"
printf 'installed by provisioning, once and not on each device: %s; the container engine %s, the Java runtime %s\n' \
  "$(mib "$(join -v 2 "$work/base" "$work/root" | awk '{ sum += $2 } END { print sum * 1024 }')")" \
  "$(mib "$(awk '/^(docker|containerd|runc)/ { sum += $2 } END { print sum * 1024 }' "$work/root")")" "$(mib "$(awk '/^openjdk/ { sum += $2 } END { print sum * 1024 }' "$work/root")")"
printf 'size: %s unpacked, %s by gzip -1\n' "$(mib "$(wc -c < "$root")")" "$(mib "$(gzip -1 -c "$root" | wc -c)")"
