#!/bin/sh
# os-image/provision/packages.sh: installs what a device needs, so that first boot downloads nothing but its components.
here=$(dirname "$0")
# shellcheck source=os-image/provision/target.sh
. "$here/target.sh"

list() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$here/$1"; }

# Some packages put links beside their manuals, and fail where manuals are left out (openjdk).
mkdir -p "$root/usr/share/man/man1"

# No service of a package may start while the image is built (policy-rc.d of Debian's invoke-rc.d; 101: not allowed).
printf '#!/bin/sh\nexit 101\n' | put "$root/usr/sbin/policy-rc.d" 755
dpkg --configure -a # what a former run was cut off at
apt-get update -q
# Without fsync: an image whose build lost power is built anew.
# shellcheck disable=SC2046 # one word per package
apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io $(list packages.txt) $(list "packages-$flavour.txt")
rm "$root/usr/sbin/policy-rc.d"
