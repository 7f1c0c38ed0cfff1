#!/bin/sh
# os-image/test/small-base-image.sh FOLDER: an OCI image layout as `fleet image build` lays it, of an arm64 image with one file; for roots that are only tried.
set -eu
folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/blobs/sha256" "$work/root/etc"

# blob FILE: puts it where its digest says; prints `"digest":"…","size":…`.
blob() {
  sha256=$(sha256sum "$1" | cut -d ' ' -f 1)
  cp "$1" "$folder/blobs/sha256/$sha256"
  printf '"digest":"sha256:%s","size":%s' "$sha256" "$(wc -c < "$1" | tr -d ' ')"
}

printf 'base\n' > "$work/root/etc/base"
touch -t 202601010000 "$work/root/etc/base" "$work/root/etc" # the same digest each time
tar -c -f "$work/layer.tar" -C "$work/root" etc
gzip -n -c "$work/layer.tar" > "$work/layer.tgz"
printf '{"architecture":"arm64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)" > "$work/config.json"
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",%s}]}' \
  "$(blob "$work/config.json")" "$(blob "$work/layer.tgz")" > "$work/manifest.json"
printf '{"imageLayoutVersion":"1.0.0"}' > "$folder/oci-layout"
printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",%s}]}' "$(blob "$work/manifest.json")" > "$folder/index.json"
