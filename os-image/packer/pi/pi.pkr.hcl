# os-image/packer/pi/pi.pkr.hcl: the image of a Raspberry Pi: Raspberry Pi OS Lite, provisioned by the same scripts as every device.
# `fleet image build` calls it with the pins of versions.json; it builds nothing that is not pinned.
variable "os_url" {
  type = string
}

variable "os_sha256" {
  type = string
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.os_sha256))
    error_message = "The operating system is not pinned: run fleet image pin."
  }
}

variable "out" {
  type        = string
  description = "A folder outside the repository: disk.img is written there."
}

variable "os_image" {
  type    = string
  default = "os-image"
}

variable "nucleus" {
  type        = string
  description = "The folder with the checked nucleus and claim plugin (fleet image build fills it)."
}

variable "component_base" {
  type        = string
  description = "An OCI image layout: the image on which all components stand (fleet image build lays it)."
}

variable "boot_files" {
  type        = string
  description = "The folder fleet/ of the boot partition: settings, claim, root CA."
}

source "arm-image" "pi" {
  image_type        = "raspberrypi"
  iso_url           = var.os_url
  iso_checksum      = "sha256:${var.os_sha256}"
  image_mounts      = ["/boot/firmware", "/"]
  target_image_size = 4294967296
  output_filename   = "${var.out}/disk.img"
  image_arch        = "arm64"     # qemu-aarch64-static where this machine is another one
  resolv-conf       = "copy-host" # apt looks for names; provision/clean.sh takes it away
}

build {
  sources = ["source.arm-image.pi"]

  provisioner "shell" {
    inline = ["mkdir -p /tmp/fleet/os-image /tmp/fleet/nucleus /tmp/fleet/base-image /boot/firmware/fleet"]
  }

  provisioner "file" {
    source      = "${var.os_image}/"
    destination = "/tmp/fleet/os-image"
  }

  provisioner "file" {
    source      = "${var.nucleus}/"
    destination = "/tmp/fleet/nucleus"
  }

  provisioner "file" {
    source      = "${var.component_base}/"
    destination = "/tmp/fleet/base-image"
  }

  provisioner "file" {
    source      = "${var.boot_files}/"
    destination = "/boot/firmware/fleet"
  }

  provisioner "shell" {
    environment_vars = ["FLEET_FLAVOUR=pi", "FLEET_NUCLEUS=/tmp/fleet/nucleus", "FLEET_BASE_IMAGE=/tmp/fleet/base-image"]
    inline           = ["sh /tmp/fleet/os-image/provision/provision.sh", "rm -rf /tmp/fleet"]
  }

  # What is in it: the SBOM is made from this.
  provisioner "file" {
    direction   = "download"
    source      = "/var/lib/dpkg/status"
    destination = "${var.out}/dpkg-status"
  }
}
