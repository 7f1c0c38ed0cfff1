# os-image/first-boot/nucleus-state.sh: tells from the outside how far the nucleus has come; it goes on unprovisioned after a refusal and says
# so nowhere but in its files (aws-greengrass-nucleus#1729). The phrases are the nucleus's and the claim plugin's own.
# shellcheck shell=sh
# shellcheck disable=SC2154 # environment.sh is sourced before

nucleus_log=$nucleus_root/logs/greengrass.log

# Its transaction log has one JSON line per change; a line is also there after that log was compacted.
knows_its_name() { grep -q '"TP":\["system","thingName"\].*"V":"[^"]' "$nucleus_root/config/config.tlog" 2>/dev/null; }
has_certificate() { grep -q 'END CERTIFICATE' "$identity/current/certificate.pem" 2>/dev/null; }
is_provisioned() { knows_its_name && has_certificate; }

# Only the nucleus's own client says this, and only the device's own certificate lets it in.
has_connected() { cat "$nucleus_root"/logs/greengrass*.log 2>/dev/null | grep -q 'Successfully connected to AWS IoT Core'; }

is_running() { systemctl is-active --quiet greengrass.service; }

log_size() { if [ -e "$nucleus_log" ]; then wc -c < "$nucleus_log" | tr -d ' '; else printf 0; fi; }

# log_since SIZE: what the log has got since it had this size; all of it when it was rotated meanwhile.
log_since() {
  [ -e "$nucleus_log" ] || return 0
  from=$(($1 + 1))
  [ "$(log_size)" -ge "$1" ] || from=1
  tail -c "+$from" "$nucleus_log"
}

# outcome_since SIZE: what has become of the attempt that began when the log had this size; nothing while it is under way.
outcome_since() {
  if is_provisioned; then
    printf provisioned
    return
  fi
  case $(log_since "$1" | grep -o -e 'Moving on to run Greengrass without provisioning' -e 'Retrying MQTT connect which failed' \
    -e 'Caught exception during registering Iot Thing' | tr '\n' ';') in
    *registering*Moving*) printf refused ;;
    *Moving*) printf failed ;;
    *Retrying*) printf offline ;;
    *) is_running || printf stopped ;;
  esac
}

# obstacle_since SIZE: what kept the nucleus from connecting: name, tls, closed, or nothing that is known. The words are those of AWS's common
# runtime (aws-c-io, aws-c-mqtt), and Node's, which the sandbox's nucleus says.
obstacle_since() {
  case $(log_since "$1" | grep -A 1 'Retrying MQTT connect' | grep -oE 'AWS_IO_DNS[A-Z_]*|ENOTFOUND|EAI_AGAIN|AWS_IO_TLS[A-Z_]*|CERT_[A-Z_]*|_CERT[A-Z_]*|SSL routines|AWS_ERROR_MQTT_UNEXPECTED_HANGUP' | tail -n 1) in
    AWS_IO_DNS* | ENOTFOUND | EAI_AGAIN) printf name ;;
    AWS_IO_TLS* | CERT_* | _CERT* | SSL*) printf tls ;;
    AWS_ERROR_MQTT*) printf closed ;;
  esac
}

# reason_since SIZE: the cloud's own words, without what a text file cannot bear.
reason_since() { log_since "$1" | sed -n 's/.*RuntimeException: //p' | tail -n 1 | tr -cd '[:print:]' | cut -c 1-200; }
