#!/bin/sh
# os-image/test/uefi/guest/look.sh: how the machine it runs on stands, one a line: name, value, unit.
figure() { printf '%s\n' "$*"; }

figure root "$(df -m --output=size / | tail -n 1 | tr -d ' ')" MiB
figure clock-synchronized "$(timedatectl show -p NTPSynchronized --value)"
figure input "$(nft list chain inet fleet input | grep -o 'policy [a-z]*')"
figure listening "$(ss -H -l -t -u -n | tr -s ' ' | cut -d ' ' -f 1,5 | tr ' \n' '@;')"
figure failed-units "$(systemctl --failed --plain --no-legend | cut -d ' ' -f 1 | tr '\n' ';')"
figure swap "$(tail -n +2 /proc/swaps | cut -d ' ' -f 1 | tr '\n' ';')"
figure docker "$(docker version --format '{{.Server.Version}}')"
figure containers "$(docker ps --format '{{.Names}}' | sort | tr '\n' ';')"
figure base-image "$(docker images -q fleetwright/base:card | wc -l | tr -d ' ') in Docker, $(find /usr/lib/fleet/base-image -mindepth 1 | wc -l | tr -d ' ') files on the card"
