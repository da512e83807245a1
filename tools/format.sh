#!/usr/bin/env bash
# Checks the form of the code; `tools/format.sh --fix` mends what can be mended.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" = "--fix" ]; then
  swift format format --in-place --parallel --recursive Sources Tests tools Package.swift
else
  swift format lint --parallel --recursive Sources Tests tools Package.swift
fi
