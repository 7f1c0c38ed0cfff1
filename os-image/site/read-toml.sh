# os-image/site/read-toml.sh: reads fleet.toml: of TOML 1.0 what such a file needs: tables, `key = "text"`, `key = true`, and lists of texts. It reads,
# it does not source: this file can be written by whoever holds the card.
# shellcheck shell=sh
# shellcheck disable=SC2034 # read by who sources this file

site_fault() { faults="$faults line $number: $1."; }

# read_toml FILE: sets faults, one variable for each setting, and the line of the Wi-Fi password.
read_toml() {
  faults='' number=0 table='' list='' seen=' ' lines=' '
  hostname='' timezone='' wifi_ssid='' wifi_password='' wifi_country='' wifi_open='' wifi_hidden='' ssh_keys='' wifi_password_line=''
  bom=$(printf '\357\273\277') cr=$(printf '\r') tab=$(printf '\t')
  while IFS= read -r text || [ -n "$text" ]; do
    number=$((number + 1))
    text=${text#"$bom"}
    text=${text%"$cr"}
    trim "$text"
    if [ -n "$list" ]; then take_items "$trimmed"; else take_text "$trimmed"; fi
  done < "$1"
  if [ -n "$list" ]; then site_fault "the list $list is not closed by ]"; fi
}

# trim TEXT: sets trimmed: without blanks around it.
trim() {
  trimmed=${1#"${1%%[! "$tab"]*}"}
  trimmed=${trimmed%"${trimmed##*[! "$tab"]}"}
}

take_text() {
  case $1 in
    '' | '#'*) ;;
    '['*)
      header=${1%%#*}
      trim "$header"
      case $trimmed in
        '[wifi]' | '[ssh]') table=${trimmed#?} table=${table%?}. ;;
        *) site_fault "there is no table $trimmed (there are [wifi] and [ssh])" ;;
      esac
      ;;
    *=*)
      trim "${1%%=*}"
      key=$table$trimmed
      trim "${1#*=}"
      case $seen in *" $key "*) site_fault "$key is there twice" && return ;; esac
      seen="$seen$key " lines="$lines$key=$number "
      take_value "$trimmed"
      ;;
    *) site_fault 'is not key = value' ;;
  esac
}

take_value() {
  case $key in
    hostname | timezone | wifi.ssid | wifi.password | wifi.country)
      take_string "$1" || return 0
      only_comment "$rest" || return 0
      case $key in
        hostname) hostname=$string ;;
        timezone) timezone=$string ;;
        wifi.ssid) wifi_ssid=$string ;;
        wifi.country) wifi_country=$string ;;
        wifi.password) wifi_password=$string wifi_password_line=$number ;;
      esac
      ;;
    wifi.open | wifi.hidden)
      word=${1%%[ #"$tab"]*}
      case $word in true | false) ;; *) site_fault "$key must be true or false" && return ;; esac
      only_comment "${1#"$word"}" || return 0
      if [ "$key" = wifi.open ]; then wifi_open=$word; else wifi_hidden=$word; fi
      ;;
    ssh.keys)
      case $1 in '['*) ;; *) site_fault 'ssh.keys must be a list: ["ssh-ed25519 …"]' && return ;; esac
      list=ssh.keys
      trim "${1#?}"
      take_items "$trimmed"
      ;;
    *) site_fault "there is no setting $key (there are hostname, timezone, wifi.ssid, wifi.password, wifi.country, wifi.open, wifi.hidden, ssh.keys)" ;;
  esac
}

# take_items TEXT: the rest of a line within a list.
take_items() {
  rest=$1
  while [ -n "$rest" ]; do
    case $rest in
      '#'*) return ;;
      ','*) rest=${rest#?} ;;
      ']'*)
        list=''
        only_comment "${rest#?}" || return 0
        return
        ;;
      *)
        take_string "$rest" || { list='' && return; }
        ssh_keys="$ssh_keys$string
"
        ;;
    esac
    trim "$rest"
    rest=$trimmed
  done
}

# take_string TEXT: sets string and rest; the escapes are \" and \\. Or '…', in which nothing is escaped.
take_string() {
  string=''
  case $1 in
    \"*)
      rest=${1#?}
      while :; do
        part=${rest%%[\"\\]*}
        string=$string$part
        rest=${rest#"$part"}
        case $rest in
          \"*) rest=${rest#?} && return ;;
          '\"'*) string=$string\" ;;
          \\\\*) string="$string\\" ;;
          '') site_fault "$key is not closed by a quotation mark" && return 1 ;;
          *) site_fault "$key has an escape other than \\\" and \\\\" && return 1 ;;
        esac
        rest=${rest#??}
      done
      ;;
    \'*\'*)
      rest=${1#?}
      string=${rest%%\'*}
      rest=${rest#*\'}
      ;;
    *) site_fault "$key must be a text in quotation marks" && return 1 ;;
  esac
}

only_comment() {
  trim "$1"
  case $trimmed in '' | '#'*) ;; *) site_fault "$key has something behind its value" && return 1 ;; esac
}
