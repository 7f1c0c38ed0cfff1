# os-image/provision/target.sh: where the image's root is, where our files are, and how a file gets there.
# shellcheck shell=sh
# shellcheck disable=SC2034 # read by the steps that source this file

set -eu
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

root=${FLEET_ROOT:-} # empty inside the image; a folder in tests
source=${FLEET_SOURCE:-$(dirname "$0")/..} # os-image/ of the repository
flavour=${FLEET_FLAVOUR:-generic} # generic: Debian with UEFI; pi: Raspberry Pi OS

# put FILE MODE: what comes in becomes FILE; killed at any instant, FILE has its old content or the new.
put() {
  folder_of "$1" && cat > "$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"
}

folder_of() { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; }

# put_file FROM FILE MODE: the same for what is a file already.
put_file() { folder_of "$2" && install -m "$3" "$1" "$2.new" && mv "$2.new" "$2"; }

# put_tree FROM TO: every file below FROM, executable or not as it is there, whatever the umask of whoever checked it out.
put_tree() {
  (cd "$1" && find . -type f ! -name '*.md' | sort) | while IFS= read -r name; do
    mode=644
    if [ -x "$1/$name" ]; then mode=755; fi
    put_file "$1/$name" "$2/${name#./}" "$mode"
  done
}

# units VERB UNIT...: systemctl on the files of the image; nothing is started.
units() { systemctl ${root:+--root="$root"} --quiet "$@"; }
