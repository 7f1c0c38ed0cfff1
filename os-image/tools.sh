#!/bin/sh
# os-image/tools.sh: installs what builds images on Debian or Ubuntu: all but Packer, which Ubuntu has not.
set -eu
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo --non-interactive "$@"; fi; }
as_root apt-get update -q
as_root apt-get install -q -y --no-install-recommends arch-test debian-archive-keyring default-jdk-headless dosfstools gdisk grub-common mmdebstrap mtools qemu-user-static unzip xz-utils
command -v packer > /dev/null || as_root apt-get install -q -y --no-install-recommends packer || {
  printf 'tools: Packer is not there, and this system has no package of it: see https://developer.hashicorp.com/packer/install\n' >&2
  exit 1
}
