#!/bin/sh
# os-image/os-update/fleet-os-update.sh: updates the operating system when the component os-update asks for it, once for each id.
# Cut off at any line and run again, it goes on; an update is written down as done after everything else.
here=$(dirname "$0")
# shellcheck source=os-image/first-boot/environment.sh
. "$here/../first-boot/environment.sh"
# shellcheck source=os-image/os-update/readiness.sh
. "$here/readiness.sh"
# shellcheck source=os-image/os-update/upgrade.sh
. "$here/upgrade.sh"

exchange=$fleet/os-update
request_file=$exchange/component/request # written by the component: update, the id, and whether it may reboot
answer_file=$exchange/host/answer # ours: waiting, updating, rebooting, failed or done, the id, the attempt, and why
changes_file=$exchange/host/changes # ours, when it is done: one changed package a line
work=$fleet/os-update-work # nobody else's: `attempt` and `before` of the update that is under way, `reboot`, and `done` with all that were
boot_id_file=$root/proc/sys/kernel/random/boot_id

# read_request: sets id and reboot; both are empty when there is no request that can be read. What the component writes is foreign: a plain file only.
read_request() {
  id='' reboot=''
  if [ ! -f "$request_file" ] || [ -L "$request_file" ]; then return 0; fi
  line=$(head -c 100 "$request_file") || return 0
  case $line in 'update '*' when-needed' | 'update '*' never') ;; *) return 0 ;; esac
  reboot=${line##* } id=${line#update } id=${id% *}
  case $id in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) id='' reboot='' ;; esac
  if [ ${#id} -gt 64 ]; then id='' reboot=''; fi
}

# publish FILE: the component is another user.
publish() {
  make_folder "${1%/*}" && chmod 755 "${1%/*}" && cat > "$1.tmp" && chmod 644 "$1.tmp" && flush "$1.tmp" && mv "$1.tmp" "$1" && flush "${1%/*}"
}

# answer STATE [WORDS]
answer() {
  text=$(printf '%s' "${2:-}" | tr -cd '[:print:]' | cut -c 1-200)
  printf '%s %s %s%s\n' "$1" "$id" "$attempt" "${text:+ $text}" | publish "$answer_file"
  printf 'update %s: %s%s\n' "$id" "$1" "${text:+: $text}"
}

# fail WHY: systemd starts us again (Restart=on-failure), and so does the next boot: a failed update is repeated until it is done.
fail() {
  answer failed "$1"
  exit 75 # EX_TEMPFAIL of sysexits.h
}

# done_line: of this id: how it was done, in the words of the answer.
done_line() { awk -v id="$id" '$1 == id { print $2, $3, $4 }' "$work/done" 2>/dev/null | tail -n 1; }

# begin: what was there before is kept through all attempts, so that what an interrupted one has changed is told, too.
begin() {
  known='' attempt=0
  if [ -e "$work/attempt" ]; then read -r known attempt < "$work/attempt"; fi
  if [ "$known" != "$id" ]; then
    attempt=0
    rm -f "$work/reboot"
    installed_packages | replace "$work/before"
  fi
  case $attempt in '' | *[!0-9]*) attempt=0 ;; esac
  attempt=$((attempt + 1))
  printf '%s %s\n' "$id" "$attempt" | replace "$work/attempt"
}

boot_id() { cat "$boot_id_file"; }

# reboots_now: before the reboot the id of this boot is kept; it differs afterwards.
reboots_now() {
  wait_for_others
  answer rebooting
  boot_id | replace "$work/reboot"
  systemctl reboot
  exit 0
}

finish() {
  count=$(wc -l < "$work/changes" | tr -d ' ')
  publish "$changes_file" < "$work/changes"
  { cat "$work/done" 2>/dev/null || true; printf '%s %s %s %s\n' "$id" "$attempt" "$count" "$1"; } | tail -n 100 | replace "$work/done"
  answer "done" "$count $1"
  rm -f "$work/attempt" "$work/reboot"
  flush "$work"
}

update() {
  if [ -e "$work/reboot" ] && [ "$(cut -d ' ' -f 1 "$work/attempt" 2>/dev/null)" = "$id" ]; then
    read -r _ attempt < "$work/attempt"
    if [ "$(cat "$work/reboot")" = "$(boot_id)" ]; then reboots_now; fi # the power went between the word and the deed
    changed_packages "$work/before" | replace "$work/changes"
    finish complete
    return
  fi
  begin
  wait_for_others
  why=$(unready) && fail "$why"
  answer updating
  why=$(upgrade) || fail "$why"
  changed_packages "$work/before" | replace "$work/changes"
  if ! needs_reboot "$work/changes"; then
    finish complete
  elif [ "$reboot" = never ]; then
    finish reboot-pending
  else
    reboots_now
  fi
}

make_folder "$work"
read_request
while [ -n "$id" ] && [ -z "$(done_line)" ]; do
  update
  read_request # another one may have come meanwhile
done
if [ -n "$id" ] && [ "$(cut -d ' ' -f 1,2 "$answer_file" 2>/dev/null)" != "done $id" ]; then
  if [ "$(tail -n 1 "$work/done" | cut -d ' ' -f 1)" != "$id" ]; then : | publish "$changes_file"; fi # it has those of a later one
  line=$(done_line) # done earlier: who asks again is only told so
  attempt=${line%% *}
  answer "done" "${line#* }"
fi
