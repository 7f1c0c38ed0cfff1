#!/bin/sh
# os-image/identity/fleet-identity.sh: switches the device to a new generation of key and certificate, and back unless the rotator says that it works.
# Cut off at any line and run again, it goes on; one generation is in charge at every instant, and it is one that is whole.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/../first-boot/environment.sh"

exchange=$fleet/rotation
wish_file=$exchange/rotator/wish # written by the rotator: try, keep or back, and a generation
answer_file=$exchange/host/answer # ours: trying, kept or back, the generation, and why
trial=$identity/trial # while a generation is tried: its name, and the former target of `current`
outcome_file=$identity/outcome # the latest decision, written before it is carried out
trial_ms=${FLEET_TRIAL_MS:-300000} # the nucleus restarts and reconnects within a minute on the slowest Pi

is_generation() { case $1 in '' | *[!A-Za-z0-9_-]*) return 1 ;; esac && [ ${#1} -le 64 ]; }

# What the rotator writes is foreign: plain files only, and no more of them than it should be.
foreign() { [ -f "$1" ] && [ ! -L "$1" ] && head -c "${2:-16384}" "$1"; }

# read_wish: sets verb and wanted; both are empty when there is no wish that can be read.
read_wish() {
  verb='' wanted=''
  line=$(foreign "$wish_file" 80) || return 0
  is_generation "${line#* }" || return 0
  case $line in 'try '* | 'keep '* | 'back '*) verb=${line%% *} wanted=${line#* } ;; esac
}

# The rotator is another user.
answer() {
  make_folder "${answer_file%/*}"
  printf '%s\n' "$*" | tr -cd '[:print:]\n' > "$answer_file.tmp"
  chmod 644 "$answer_file.tmp"
  flush "$answer_file.tmp"
  mv "$answer_file.tmp" "$answer_file"
  flush "${answer_file%/*}"
}

outcome() { cat "$outcome_file" 2>/dev/null || true; }
has_decided() { case $(outcome) in "kept $1" | "back $1" | "back $1 "*) return 0 ;; esac && return 1; }
decide() { printf '%s\n' "$*" | replace "$outcome_file"; }

# flip TARGET: `current` points to it; rename(2) leaves the old link or the new.
flip() {
  rm -f "$identity/current.new"
  ln -s "$1" "$identity/current.new"
  mv -T "$identity/current.new" "$identity/current" 2>/dev/null || mv -fh "$identity/current.new" "$identity/current" # macOS, in the sandbox
  flush "$identity"
}

restart_nucleus() { systemctl restart greengrass.service || printf 'the nucleus does not start\n' >&2; }

# take GENERATION: copies key and certificate out of the rotator's reach. Fails when one of them is not whole.
take() {
  foreign "$exchange/rotator/$1.key" | replace "$identity/generations/$1/private.key" &&
    foreign "$exchange/rotator/$1.pem" | replace "$identity/generations/$1/certificate.pem" &&
    grep -q -e '-----END PRIVATE KEY-----' "$identity/generations/$1/private.key" &&
    grep -q -e '-----END CERTIFICATE-----' "$identity/generations/$1/certificate.pem"
}

begin() {
  if ! take "$1"; then
    decide "back $1 key or certificate is not whole, or the disk is full"
    drop_others "$(readlink "$identity/current")"
    answer "$(outcome)"
    return
  fi
  printf '%s %s\n' "$1" "$(readlink "$identity/current")" | replace "$trial"
  try "$1"
}

# try GENERATION: it is in charge until the rotator's word comes or time is up. Time is counted, not read: the clock may jump.
try() {
  if [ "$(readlink "$identity/current")" != "generations/$1" ]; then flip "generations/$1"; fi
  restart_nucleus
  answer "trying $1"
  waited_ms=0
  while [ "$waited_ms" -lt "$trial_ms" ]; do
    read_wish
    case $verb:$wanted in
      keep:"$1") decide "kept $1" && break ;;
      back:"$1") decide "back $1 as the rotator wished" && break ;;
    esac
    pause "$poll_ms"
    waited_ms=$((waited_ms + poll_ms))
  done
  has_decided "$1" || decide "back $1 no connection with the new certificate within $((trial_ms / 1000)) s"
  carry_out
}

# carry_out: what was decided about the trial; nothing is left of the generation that is not in charge.
carry_out() {
  read -r tried former < "$trial"
  case $(outcome) in
    "kept $tried") drop_others "generations/$tried" ;;
    *)
      if [ "$(readlink "$identity/current")" != "$former" ]; then flip "$former"; fi
      restart_nucleus
      drop_others "$former"
      ;;
  esac
  rm "$trial"
  flush "$identity"
  answer "$(outcome)"
}

drop_others() {
  for folder in "$identity"/generations/*; do
    if [ "$folder" != "$identity/$1" ]; then rm -rf "$folder"; fi
  done
  flush "$identity/generations"
}

# A trial that was cut off goes on first.
if [ -e "$trial" ]; then
  read -r tried former < "$trial"
  if has_decided "$tried"; then carry_out; else try "$tried"; fi
fi
read_wish
[ -n "$wanted" ] || exit 0
if has_decided "$wanted"; then
  answer "$(outcome)" # the answer was lost
elif [ "$verb" = try ]; then
  begin "$wanted"
elif [ "$verb" = back ]; then
  decide "back $wanted it was not tried" # there is nothing to undo
  answer "$(outcome)"
fi
