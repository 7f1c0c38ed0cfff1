# os-image/packer/pi/plugins.pkr.hcl: the plugin that changes an Arm image in place; `packer init os-image/packer/pi` fetches it. Apart, because old Packers know no plugins.
packer {
  required_plugins {
    arm-image = {
      source  = "github.com/solo-io/arm-image"
      version = "0.2.7"
    }
  }
}
