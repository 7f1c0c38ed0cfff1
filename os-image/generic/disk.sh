#!/bin/sh
# os-image/generic/disk.sh ROOT.tar BOOT_FOLDER DISK.img [OVERLAY]: a disk that UEFI firmware starts: a FAT partition (loader, and BOOT_FOLDER: settings and
# claim), and the root; the files of OVERLAY, a picture of the root, come last.
# Without mounts and loop devices; as root, because the files in it are root's. The kernel is read from the root, so that a new one needs no new loader.
set -eu
tar=$1 boot=$2 disk=$3 overlay=${4:-}
work=$(mktemp -d "$disk.XXXXXX")
trap 'rm -rf "$work"' EXIT
boot_mib=128

# What a container runtime binds while it builds cannot come from the root's own provisioning.
unpack() {
  mkdir "$work/root"
  tar -x -f "$tar" -C "$work/root" --numeric-owner --exclude='./dev/*' --exclude='dev/*'
  root=$work/root
  printf 'fleet\n' > "$root/etc/hostname"
  printf '127.0.0.1\tlocalhost\n127.0.1.1\tfleet\n::1\tlocalhost ip6-localhost\n' > "$root/etc/hosts"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
  rm -f "$root/.dockerenv" "$root/run/.containerenv"
  mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/run" "$root/tmp"
  chmod 1777 "$root/tmp"
  if [ -n "$overlay" ]; then cp -R "$overlay/." "$root/"; fi
}

boot_partition() {
  truncate -s "${boot_mib}M" "$work/boot.fat"
  mkfs.vfat -F 32 -n FLEET-BOOT "$work/boot.fat" > "$work/log"
  # Debian keeps links to its newest kernel at /vmlinuz and /initrd.img.
  cat > "$work/early.cfg" << 'EOF_GRUB'
search --no-floppy --label fleet-root --set=root
linux /vmlinuz root=LABEL=fleet-root ro quiet panic=10
initrd /initrd.img
boot
EOF_GRUB
  grub-mkimage -O arm64-efi -d "$work/root/usr/lib/grub/arm64-efi" -p / -c "$work/early.cfg" -o "$work/loader.efi" \
    part_gpt fat ext2 normal linux search search_label
  mmd -i "$work/boot.fat" ::EFI ::EFI/BOOT
  mcopy -i "$work/boot.fat" "$work/loader.efi" ::EFI/BOOT/BOOTAA64.EFI
  mcopy -i "$work/boot.fat" -s "$boot"/* ::
}

# A quarter more than there is; it grows to the size of the card at first start.
root_partition() {
  used=$(du -s -m --apparent-size "$work/root" | cut -f 1)
  root_mib=$((used + used / 4 + 256))
  mke2fs -q -t ext4 -L fleet-root -d "$work/root" "$work/root.ext4" "${root_mib}M"
}

assemble() {
  truncate -s "$((boot_mib + root_mib + 2))M" "$work/disk"
  sgdisk --clear --new=1:1M:+"${boot_mib}"M --typecode=1:EF00 --new=2:$((boot_mib + 1))M:+"${root_mib}"M --typecode=2:8305 "$work/disk" > "$work/log"
  dd if="$work/boot.fat" of="$work/disk" bs=1M seek=1 conv=notrunc,sparse status=none
  dd if="$work/root.ext4" of="$work/disk" bs=1M seek=$((boot_mib + 1)) conv=notrunc,sparse status=none
  mv "$work/disk" "$disk"
}

unpack
boot_partition
root_partition
assemble
