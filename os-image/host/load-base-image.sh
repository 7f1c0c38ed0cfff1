#!/bin/sh
# os-image/host/load-base-image.sh: hands Docker the image on which all components stand, from the card; then it goes from there, and makes room.
# Cut off at any line it can be run again: the folder is whole until index.json is gone, and then it is only emptied.
set -eu
here=$(dirname "$0")
layout=${FLEET_ROOT:-}/usr/lib/fleet/base-image
work=$(mktemp -d)
registry=''
trap 'if [ -n "$registry" ]; then kill "$registry"; fi; rm -rf "$work"' EXIT

if [ -e "$layout/index.json" ]; then
  python3 "$here/card-registry.py" "$layout" "$work/port" &
  registry=$!
  until [ -e "$work/port" ]; do
    kill -0 "$registry" 2> /dev/null || {
      registry=''
      exit 1
    }
    sleep 0.1
  done
  read -r port digest < "$work/port"
  docker pull --quiet "127.0.0.1:$port/base@$digest"
  docker tag "127.0.0.1:$port/base@$digest" fleetwright/base:card # without a name it would be cleaned up as nobody's
  sync
  rm "$layout/index.json"
  sync "$layout"
fi
rm -rf "${layout:?}"/*
