#!/usr/bin/env bash
# Installs what a build needs and is missing: the headers of libzstd and libxxhash (Debian, Ubuntu). Does nothing when they are there.
set -euo pipefail
missing=()
[ -e /usr/include/zstd.h ] || missing+=(libzstd-dev)
[ -e /usr/include/xxhash.h ] || missing+=(libxxhash-dev)
command -v pkg-config > /dev/null || missing+=(pkg-config)
command -v zstd > /dev/null || missing+=(zstd)
command -v swift > /dev/null || { echo "setup: Swift 6.2 or later is needed: https://www.swift.org/install" >&2; exit 69; }
[ ${#missing[@]} -eq 0 ] && exit 0
echo "setup: installing ${missing[*]}" >&2
sudo=""
[ "$(id -u)" -eq 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "${missing[@]}" > /dev/null
