# os-image/test/engine.sh: a container engine that is called `docker`: Docker's own, or podman in its place. Sourced, with $cache set.
# shellcheck shell=sh
# shellcheck disable=SC2154 # cache is set by who sources this file

# has_engine: fails where there is none.
has_engine() {
  if docker info > /dev/null 2>&1; then return; fi
  command -v podman > /dev/null || return 1
  mkdir -p "$cache/engine"
  # Without limits of its own: a machine that is a container itself may raise none. Docker's import takes --platform, an older podman's --arch.
  cat > "$cache/engine/containers.conf" << 'EOF_CONF'
[containers]
default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
netns = "host"
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
EOF_CONF
  cat > "$cache/engine/docker" << EOF_DOCKER
#!/bin/sh
export CONTAINERS_CONF='$cache/engine/containers.conf'
if [ "\$1 \$2" = 'import --platform' ]; then arch=\${3#*/} && shift 3 && exec podman import --arch "\$arch" "\$@"; fi
exec podman "\$@"
EOF_DOCKER
  chmod 755 "$cache/engine/docker"
  PATH=$cache/engine:$PATH
  docker info > /dev/null 2>&1
}
