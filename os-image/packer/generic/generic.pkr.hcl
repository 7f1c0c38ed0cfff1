# os-image/packer/generic/generic.pkr.hcl: the root of a generic arm64 UEFI board, by Packer's own builders alone; podman can stand in for docker.
#   packer build -var base_image=localhost/fleet-base:arm64 -var out=/var/tmp/fleet-image os-image/packer/generic
packer {
  required_version = ">= 1.6.6"
}

variable "base_image" {
  type        = string
  description = "The bare Debian of generic/base.sh, as an image of the local engine."
}

variable "out" {
  type        = string
  description = "A folder outside the repository: root.tar is written there."
}

variable "os_image" {
  type        = string
  default     = "os-image"
  description = "The folder os-image of this repository."
}

variable "nucleus" {
  type        = string
  description = "The folder with the checked nucleus and claim plugin (fleet image build fills it)."
}

variable "component_base" {
  type        = string
  description = "An OCI image layout: the image on which all components stand (fleet image build lays it)."
}

source "docker" "root" {
  image       = var.base_image
  pull        = false
  export_path = "${var.out}/root.tar"
  run_command = ["-d", "-i", "-t", "--entrypoint=/bin/sh", "--", "{{.Image}}"]
}

build {
  sources = ["source.docker.root"]

  provisioner "shell" {
    inline = ["mkdir -p /tmp/fleet/os-image /tmp/fleet/nucleus /tmp/fleet/base-image"]
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

  provisioner "shell" {
    environment_vars = ["FLEET_FLAVOUR=generic", "FLEET_NUCLEUS=/tmp/fleet/nucleus", "FLEET_BASE_IMAGE=/tmp/fleet/base-image"]
    inline           = ["sh /tmp/fleet/os-image/provision/provision.sh", "rm -rf /tmp/fleet"]
  }

  # What is in it: the SBOM is made from this.
  provisioner "file" {
    direction   = "download"
    source      = "/var/lib/dpkg/status"
    destination = "${var.out}/dpkg-status"
  }
}
