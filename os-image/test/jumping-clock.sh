#!/bin/sh
# os-image/test/jumping-clock.sh: stands in for `date`: the first look shows a year, the next one ten years later, the one after it ten years earlier.
looks=$FLEET_ROOT/looks
printf '.' >> "$looks"
case $(($(wc -c < "$looks") % 3)) in 0) year=2016 ;; 1) year=2026 ;; *) year=2036 ;; esac
case $1 in +%s*) printf '%s\n' "$(((year - 1970) * 31557600))" ;; *) printf '%s-01-01T00:00:00Z\n' "$year" ;; esac
