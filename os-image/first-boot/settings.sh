# os-image/first-boot/settings.sh: reads and checks settings.env from the boot partition. The keys are those of contract/boot-settings.ts.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # read by the steps that source this file; environment.sh is sourced before

settings_file=$flashed/settings.env

# read_settings: sets one variable for each key, or says every fault of the file and ends. It reads, it does not source: this file can be written
# by whoever holds the card.
read_settings() {
  [ -r "$settings_file" ] || needs_help 'There is no fleet/settings.env on the boot partition.' \
    'Flash the card anew with an image of your stage, or copy the file from another card of the same stage.'
  faults='' number=0 seen=' '
  bom=$(printf '\357\273\277')
  cr=$(printf '\r')
  while IFS= read -r text || [ -n "$text" ]; do
    number=$((number + 1))
    text=${text#"$bom"}
    take_line "${text%"$cr"}"
  done < "$settings_file"
  for key in STAGE REGION IOT_DATA_ENDPOINT MQTT_PORT IOT_CREDENTIAL_ENDPOINT GREENGRASS_DATA_PLANE_ENDPOINT PROVISIONING_TEMPLATE ROLE_ALIAS AWS_ENDPOINT_URL; do
    case $seen in *" $key "*) ;; *) faults="$faults $key is missing." ;; esac
  done
  [ -z "$faults" ] || needs_help "fleet/settings.env on the boot partition is wrong:$faults" \
    'Correct it, or copy it from another card of the same stage; then wait a minute or switch the device off and on.'
}

take_line() {
  case $1 in '' | '#'*) return ;; esac
  key=${1%%=*} value=${1#*=}
  case $1 in *=*) ;; *) fault "is not KEY=value" && return ;; esac
  case $value in *[!A-Za-z0-9._:/-]*) fault "$key has a character that cannot stand there" && return ;; esac
  case $key in
    GREENGRASS_DATA_PLANE_ENDPOINT | AWS_ENDPOINT_URL) ;; # empty: AWS's own
    *) [ -n "$value" ] || { fault "$key is empty" && return; } ;;
  esac
  case $key in
    STAGE) stage=$value ;;
    REGION) region=$value ;;
    IOT_DATA_ENDPOINT)
      case $value in *[!A-Za-z0-9.-]*) fault "IOT_DATA_ENDPOINT is $value, not a host alone" && return ;; esac
      iot_data_endpoint=$value
      ;;
    MQTT_PORT)
      is_port "$value" || { fault "MQTT_PORT is $value, not 1 to 32767" && return; }
      mqtt_port=$value
      ;;
    IOT_CREDENTIAL_ENDPOINT) iot_credential_endpoint=$value ;;
    GREENGRASS_DATA_PLANE_ENDPOINT) greengrass_data_plane_endpoint=$value ;;
    PROVISIONING_TEMPLATE) provisioning_template=$value ;;
    ROLE_ALIAS) role_alias=$value ;;
    AWS_ENDPOINT_URL) aws_endpoint_url=$value ;;
    *) fault "$key is not a setting" && return ;;
  esac
  seen="$seen$key "
}

fault() { faults="$faults line $number: $1."; }

# The nucleus casts the port to a short (32767).
is_port() {
  case $1 in *[!0-9]* | ??????* | 0*) return 1 ;; esac
  [ "$1" -le 32767 ]
}
