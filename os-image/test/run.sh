#!/bin/sh
# os-image/test/run.sh: what can be tried of the image on this machine: units and updates under systemd-nspawn, an arm64 root, a board with UEFI in QEMU. Says what it skips.
# FLEET_IMAGE_SECONDS is how long it may take: what needs more is skipped. FLEET_IMAGE_CACHE keeps the roots between runs. FLEET_IMAGE_TEST=all makes the arm64 root when it is not there: half an hour on another architecture.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${FLEET_IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fleetwright/images}
skip() { printf 'skipped: %s\n' "$1"; }
needs() { for tool in "$@"; do command -v "$tool" > /dev/null || { missing=$tool && return 1; }; done; }
began=$(date +%s)
may_take() { [ $((${FLEET_IMAGE_SECONDS:-86400} - $(date +%s) + began)) -ge "$1" ] || { skip "$2 may take $(($1 / 60)) minutes, which are not left" && return 1; }; }
mkdir -p "$cache"

# The root of just these scripts and settings.
digest=$(cd "$here/.." && find . -type d '(' -name node_modules -o -name test ')' -prune -o -type f -print | sort | xargs cat | sha256sum | cut -c 1-16)
root=$cache/root-$digest.tar

units() {
  sh "$here/units-root.sh" "$cache/units-root" || { skip 'units under systemd-nspawn: no Debian mirror' && return; }
  timeout 300 sh "$here/units-check.sh" "$cache/units-root"
  if may_take 300 'updates by the real apt'; then timeout 300 sh "$here/apt-check.sh" "$cache/units-root"; fi
}

# Runs arm64 programs: this machine is one, or its kernel knows an emulator for them.
runs_arm64() { [ "$(uname -m)" = aarch64 ] || [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; }

# Programs look for /proc and /dev: in a mount namespace of their own, which goes with them.
root_check() {
  rm -rf "$cache/checked"
  mkdir "$cache/checked"
  tar -x -f "$1" -C "$cache/checked" --numeric-owner --exclude='dev/*' --exclude='./dev/*'
  mkdir -p "$cache/checked/dev"
  code=0
  # shellcheck disable=SC2016 # for the shell inside
  timeout 600 unshare --mount sh -c 'mount --rbind /dev "$1/dev" && mount --rbind /proc "$1/proc" && exec sh "$2" "$1"' check "$cache/checked" "$here/image-check.sh" || code=$?
  rm -rf "$cache/checked"
  return "$code"
}

# The generic flavour's scripts, run by Packer in a root of this machine's architecture: minutes instead of half an hour. What is made of it can be started whole, too.
native() {
  made=$cache/native-$digest.tar
  if [ ! -s "$made" ]; then
    rm -f "$cache"/native-*.tar
    tar -c --numeric-owner -f "$cache/bare.tar" -C "$cache/units-root" .
    since=$(date +%s)
    sh "$here/make-root.sh" "$cache" "$cache/bare.tar" "linux/$(dpkg --print-architecture)" > "$cache/native.log" 2>&1 || { tail -n 20 "$cache/native.log" && return 1; }
    printf 'provisioned by Packer in %s s; %s\n' $(($(date +%s) - since)) "$(sed -n 's/.*\(Need to get [^ ]* [kM]B\).*/\1/p' "$cache/native.log" | tail -n 1) of packages, once and not on each device"
    mv "$cache/root.tar" "$made"
    sh "$here/figures.sh" "$cache/bare.tar" "$made"
  fi
  root_check "$made"
  timeout 300 sh "$here/running-check.sh" "$made"
}

[ "$(id -u)" = 0 ] || { skip 'the image: root alone can make one' && exit 0; }
if needs mmdebstrap systemd-nspawn nsenter; then
  if may_take 120 'units under systemd-nspawn'; then units; fi
else
  skip "units under systemd-nspawn: $missing is not installed"
fi
# shellcheck source=os-image/test/engine.sh
. "$here/engine.sh"
if ! needs mmdebstrap systemd-nspawn packer; then skip "a root by Packer: $missing is not installed"
elif ! has_engine; then skip 'a root by Packer: neither Docker nor podman runs here'
elif may_take 600 'a root by Packer'; then native; fi

if [ ! -s "$root" ] && [ "${FLEET_IMAGE_TEST:-}" = all ]; then sh "$here/make-root.sh" "$cache" && mv "$cache/root.tar" "$root"; fi
if [ ! -s "$root" ]; then skip "an arm64 root and its start in QEMU: $root is not there (FLEET_IMAGE_TEST=all makes it)" && exit 0; fi
if runs_arm64; then if may_take 900 'the list of what an image must hold'; then root_check "$root"; fi; else skip 'the list of what an image must hold: no arm64 programs run here (qemu-user-static)'; fi
needs qemu-system-aarch64 qemu-img mcopy mkfs.vfat sgdisk grub-mkimage || { skip "a board with UEFI: $missing is not installed" && exit 0; }

# The chapters that fit into the time that is left, the quickest first, by what they take at most on a machine that has other work; the sandbox and the disk of all of them take two minutes.
chapters='' seconds=120
chapter() {
  case " ${FLEET_UEFI_CHAPTERS:-$1} " in *" $1 "*) ;; *) return ;; esac
  if may_take $((seconds + $2)) "a board with UEFI in QEMU, chapter $1,"; then chapters="$chapters $1" seconds=$((seconds + $2)); fi
}
chapter bad-input 600
chapter wrong-clock 900
chapter power-cut 1200
chapter a-day 2700
[ -n "$chapters" ] || exit 0
arm_node=$(sh "$here/uefi/node.sh" "$(node -p process.versions.node)" "$cache") || { skip 'a board with UEFI: Node for arm64 cannot be had from npm' && exit 0; }
FLEET_UEFI_CHAPTERS=${chapters# } timeout $((${FLEET_IMAGE_SECONDS:-14400} - $(date +%s) + began)) node "$here/uefi/main.ts" "$root" "$arm_node"
