# os-image/packer/generic-plugins/plugins.pkr.hcl: Packer brings its docker builder no longer since 1.10: `packer init os-image/packer/generic-plugins` fetches it. Apart, because old Packers know no plugins.
packer {
  required_plugins {
    docker = {
      source  = "github.com/hashicorp/docker"
      version = "1.1.2"
    }
  }
}
