#!/bin/sh
# os-image/generic/before-kernel.sh ROOT: what the kernel's initramfs is made from: where the root is, and the drivers that find it on Arm SystemReady boards.
# A list of them: with Debian's default (most) the initramfs is five times as large, and takes many minutes to make on another architecture.
set -eu
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/boot/firmware"
printf 'MODULES=list\n' > "$1/etc/initramfs-tools/conf.d/fleet"
for module in virtio_pci virtio_blk virtio_scsi ext4 nvme ahci sd_mod usb_storage uas xhci_pci xhci_plat_hcd mmc_block sdhci sdhci_acpi dw_mmc; do
  printf '%s\n' "$module"
done > "$1/etc/initramfs-tools/modules"
cp "$(dirname "$0")/../system-generic/etc/fstab" "$1/etc/fstab"
