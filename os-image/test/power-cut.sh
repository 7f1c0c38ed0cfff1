#!/bin/sh
# os-image/test/power-cut.sh: stands before a command that writes; at the $CUT_AT-th of them the power goes: everything of this run is killed.
count=$(($(wc -l < "$CUT_LOG") + 1))
printf '%s\n' "${0##*/} $*" >> "$CUT_LOG"
if [ "$count" = "$CUT_AT" ]; then kill -KILL 0; fi # 0: this process group
PATH=$PATH_BEHIND_CUTS exec "${0##*/}" "$@"
