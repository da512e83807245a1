#!/usr/bin/env bash
# Makes the documentation of all modules, articles and symbols, in .build/docs; a warning is an error, a link that leads nowhere above all.
# Look at it:  python3 -m http.server -d .build/docs/nerpipe.doccarchive   and open /documentation/pipelines
#
# Not by swift-docc-plugin: it has the symbols read by swift-symbolgraph-extract, which knows no package (Swift 6.3.1), so that whatever
# mentions a type of a `package import` is missing, and the module Pipelines makes it crash. The compiler itself sees everything.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build
build=$PWD/.build/debug graphs=.build/docs/graphs
rm -rf .build/docs && mkdir -p "$graphs" .build/docs/modules
package=$(basename "$PWD" | tr "[:upper:]" "[:lower:]")
flags=(-swift-version 6 -module-cache-path .build/docs/cache -package-name "$package" -I "$build/Modules" -parse-as-library)
for feature in ExistentialAny MemberImportVisibility InternalImportsByDefault; do flags+=(-enable-upcoming-feature "$feature"); done
for map in "$build"/*.build/module.modulemap Sources/C*/module.modulemap .build/checkouts/*/Sources/*/include/module.modulemap; do
  if [ -f "$map" ]; then flags+=(-Xcc "-fmodule-map-file=$map" -Xcc "-I$(dirname "$map")"); fi
done
for folder in Sources/C*/include; do flags+=(-Xcc "-I$folder"); done
for folder in Sources/*/; do
  module=$(basename "$folder")
  find "$folder" -name '*.swift' | sort > .build/docs/files
  if [ -s .build/docs/files ]; then
    swiftc "${flags[@]}" -module-name "$module" -emit-module -o ".build/docs/modules/$module.swiftmodule" \
      -emit-symbol-graph -emit-symbol-graph-dir "$graphs" -symbol-graph-minimum-access-level internal \
      -symbol-graph-skip-synthesized-members @.build/docs/files
  fi
done
# What needs no word is left out of a comment here, so parameters without one are no fault.
docc convert Sources/Pipelines/Pipelines.docc --additional-symbol-graph-dir "$graphs" --output-dir .build/docs/nerpipe.doccarchive \
  --fallback-display-name nerpipe --fallback-bundle-identifier nerpipe --disable-parameters-and-returns-validation --warnings-as-errors
