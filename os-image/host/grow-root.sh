#!/bin/sh
# os-image/host/grow-root.sh: lets the root fill the card. At each start; when there is nothing to grow it changes nothing.
set -eu
root_device=$(findmnt -n -o SOURCE /)
name=${root_device##*/}
disk=$(lsblk -n -d -o PKNAME "$root_device")
number=$(cat "/sys/class/block/$name/partition")
code=0
growpart "/dev/$disk" "$number" || code=$?
[ "$code" -le 1 ] || exit "$code" # 1: it is as large as it can be
resize2fs "$root_device"
