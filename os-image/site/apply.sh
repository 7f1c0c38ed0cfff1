# os-image/site/apply.sh: checks what fleet.toml wishes and puts it where the system looks for it.
# shellcheck shell=sh
# shellcheck disable=SC2154 # environment.sh and read-toml.sh are sourced before

connections=$root/etc/NetworkManager/system-connections
wifi_file=$connections/fleet-wifi.nmconnection
keys_file=$root/root/.ssh/authorized_keys # there is no other account

# site_is KEY WHAT: with the line on which the key stands; none for what is missing.
site_is() {
  at=${lines#*" $1="}
  if [ "$at" = "$lines" ]; then faults="$faults $1 $2."; else faults="$faults line ${at%% *}: $1 $2."; fi
}

check_site() {
  case $hostname in
    '') ;;
    -* | *- | *[!A-Za-z0-9-]*) site_is hostname 'may have letters, digits and - within it alone' ;;
    *) [ ${#hostname} -le 63 ] || site_is hostname 'may have 63 characters at most' ;;
  esac
  case $timezone in
    '') ;;
    /* | *..* | *[!A-Za-z0-9_+/-]*) site_is timezone "is $timezone, not one such as Europe/Berlin" ;;
    *) [ -f "$root/usr/share/zoneinfo/$timezone" ] || site_is timezone "is $timezone, which this system does not know (Europe/Berlin, UTC …)" ;;
  esac
  check_wifi
  printf '%s' "$ssh_keys" | while IFS= read -r key_line; do is_public_key "$key_line" || exit 1; done ||
    site_is ssh.keys 'has one that is no public key (ssh-ed25519, ecdsa-sha2-…, sk-…, ssh-rsa, as in a .pub file)'
}

check_wifi() {
  if [ -z "$wifi_ssid" ]; then
    if [ -n "$wifi_password$wifi_country$wifi_open$wifi_hidden" ]; then site_is wifi.ssid 'is missing'; fi
    return
  fi
  [ ${#wifi_ssid} -le 32 ] || site_is wifi.ssid 'is longer than 32 bytes'
  case $wifi_country in [A-Z][A-Z]) ;; *) site_is wifi.country 'must be two capital letters, such as DE: without it the radio stays off' ;; esac
  [ -d "$connections" ] || site_is wifi.ssid 'cannot be had: this image has no Wi-Fi (NetworkManager is not there)'
  if [ "$wifi_open" = true ]; then
    if [ -n "$wifi_password" ]; then site_is wifi.password 'and wifi.open = true exclude each other'; fi
  elif [ -z "$wifi_password" ]; then
    if ! keeps_wifi; then site_is wifi.password 'is missing (for a network without one: open = true)'; fi
  else
    is_wpa_password || site_is wifi.password 'must have 8 to 63 characters, or be 64 hexadecimal digits'
  fi
}

# The password was taken over and removed from the file at an earlier start.
keeps_wifi() { grep -qx "ssid=$(ssid_bytes)" "$wifi_file" 2>/dev/null && grep -q '^psk=' "$wifi_file"; }

is_wpa_password() {
  case $wifi_password in *[![:print:]]*) return 1 ;; esac
  if [ ${#wifi_password} = 64 ]; then case $wifi_password in *[!0-9a-fA-F]*) return 1 ;; *) return 0 ;; esac fi
  [ ${#wifi_password} -ge 8 ] && [ ${#wifi_password} -le 63 ]
}

is_public_key() {
  case $1 in
    ssh-ed25519\ AAAA* | ssh-rsa\ AAAA* | ecdsa-sha2-nistp*\ AAAA* | sk-ssh-ed25519@openssh.com\ AAAA* | sk-ecdsa-sha2-nistp256@openssh.com\ AAAA*) ;;
    *) return 1 ;;
  esac
  blob=${1#* }
  case ${blob%% *} in *[!A-Za-z0-9+/=]*) return 1 ;; esac
}

# A network name is bytes; NetworkManager takes them as a list of numbers, in which nothing needs an escape.
ssid_bytes() { printf '%s' "$wifi_ssid" | od -An -v -tu1 | tr -s ' \n' ';;' | sed 's/^;//; s/;*$/;/'; }

apply_site() {
  if [ -n "$hostname" ]; then
    printf '%s\n' "$hostname" | replace_for_all "$root/etc/hostname"
    { grep -v '^127\.0\.1\.1[[:space:]]' "$root/etc/hosts" 2>/dev/null || true; printf '127.0.1.1\t%s\n' "$hostname"; } | replace_for_all "$root/etc/hosts"
    [ -n "$root" ] || hostname "$hostname" || true # else with the next start
  fi
  if [ -n "$timezone" ]; then
    ln -sfn "/usr/share/zoneinfo/$timezone" "$root/etc/localtime.new"
    mv -f "$root/etc/localtime.new" "$root/etc/localtime"
    printf '%s\n' "$timezone" | replace_for_all "$root/etc/timezone"
  fi
  if [ -n "$wifi_ssid" ]; then apply_wifi; else rm -f "$wifi_file"; fi
  apply_ssh
}

replace_for_all() { replace "$1" && chmod 644 "$1"; }

apply_wifi() {
  printf 'options cfg80211 ieee80211_regdom=%s\n' "$wifi_country" | replace_for_all "$root/etc/modprobe.d/fleet-wifi.conf"
  if [ -z "$root" ]; then
    iw reg set "$wifi_country" 2>/dev/null || true
    rfkill unblock wifi 2>/dev/null || true
  fi
  if [ -z "$wifi_password" ] && [ "$wifi_open" != true ]; then return; fi # kept
  {
    printf '[connection]\nid=fleet-wifi\ntype=wifi\n\n[wifi]\nmode=infrastructure\nssid=%s\n' "$(ssid_bytes)"
    if [ "$wifi_hidden" = true ]; then printf 'hidden=true\n'; fi
    if [ -n "$wifi_password" ]; then printf '\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=%s\n' "$(printf '%s' "$wifi_password" | sed 's/\\/\\\\/g; s/^ /\\s/')"; fi
    printf '\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n'
  } | replace "$wifi_file"
  if [ -z "$root" ] && systemctl is-active --quiet NetworkManager.service; then nmcli connection reload || true; fi # only when this was repeated after the start
}

# SSH runs exactly while there is a key.
apply_ssh() {
  if [ -n "$ssh_keys" ]; then
    make_folder "${keys_file%/*}"
    printf '%s' "$ssh_keys" | replace "$keys_file"
    systemctl enable ssh.service
    systemctl start --no-block ssh.service
  elif [ -e "$keys_file" ]; then
    systemctl disable ssh.service
    systemctl stop --no-block ssh.service
    rm -f "$keys_file"
    flush "${keys_file%/*}"
  fi
}

# remove_secret FILE LINE: this line becomes a comment of the same length, written over the old one: deleting would leave the text on the card.
# (A flash controller may keep a copy all the same.)
remove_secret() {
  awk -v line="$2" '
    NR == line { end = sub(/\r$/, "") ? "\r" : ""; n = length($0); note = "# the password was taken over"; if (length(note) > n) note = substr(note, 1, n)
      while (length(note) < n) note = note "."; print note end; next } { print }' "$1" > "$fleet/fleet.toml.tmp"
  head -c "$(wc -c < "$1" | tr -d ' ')" "$fleet/fleet.toml.tmp" | dd of="$1" conv=notrunc 2>/dev/null
  flush "$1"
  rm -f "$fleet/fleet.toml.tmp"
}
