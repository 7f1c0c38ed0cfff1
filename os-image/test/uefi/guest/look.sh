#!/bin/sh
# os-image/test/uefi/guest/look.sh: figures of the machine it runs on, one a line: name, value, unit.
figure() { printf '%s\n' "$*"; }
mib() { printf '%s' $((($1 + 524288) / 1048576)); }

figure root "$(df -m --output=size / | tail -n 1 | tr -d ' ')" MiB
figure clock-synchronized "$(timedatectl show -p NTPSynchronized --value)"
figure input "$(nft list chain inet fleet input | grep -o 'policy [a-z]*')"
figure listening "$(ss -H -l -t -u -n | tr -s ' ' | cut -d ' ' -f 1,5 | tr ' \n' '@;')"
figure failed-units "$(systemctl --failed --plain --no-legend | cut -d ' ' -f 1 | tr '\n' ';')"
figure swap "$(tail -n +2 /proc/swaps | cut -d ' ' -f 1 | tr '\n' ';')"
figure docker "$(docker version --format '{{.Server.Version}}')"
figure containers "$(docker ps --format '{{.Names}}' | sort | tr '\n' ';')"
figure packages "$(dpkg-query -W -f '${db:Status-Abbrev}\n' | grep -c '^ii')"
figure memory-used "$(free -m | sed -n 's/^Mem: *[0-9]* *\([0-9]*\) .*/\1/p')" MiB
for unit in greengrass.service docker.service containerd.service; do
  bytes=$(systemctl show -p MemoryCurrent --value "$unit")
  case $bytes in *[!0-9]* | '') ;; *) figure "memory-of-$unit" "$(mib "$bytes")" MiB ;; esac
done
# What a process has for itself (Pss), without the page cache that a cgroup counts with it.
figure memory-own "$(for pid in $(systemctl show -p ControlGroup --value greengrass.service docker.service containerd.service | grep . | while read -r group; do find "/sys/fs/cgroup$group" -name cgroup.procs -exec cat {} +; done) $(find /sys/fs/cgroup/system.slice -path '*docker-*.scope/cgroup.procs' -exec cat {} +); do sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup" 2> /dev/null; done | awk '{ sum += $1 } END { print int(sum / 1024) }')" MiB
