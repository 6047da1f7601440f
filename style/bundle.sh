#!/bin/sh
# One style sheet of all: tokens, base, controls, layout, then each component's own, by path. `$1` is where to.
# Pages that the server alone draws carry theirs themselves (app/src/still/frame.rs); the tablet has its own beside its
# program (xtask/src/tablet.rs).
# The order within a layer is the order here; layers are declared in tokens.css.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$(dirname "$1")"
{
  cat style/tokens.css style/base.css style/controls.css style/layout.css
  find app/src -name '*.css' -not -path 'app/src/still/*' -not -path 'app/src/crew/*' | LC_ALL=C sort | xargs cat
} > "$1.new"
# An unchanged sheet keeps its time, so that nothing is built again for it.
if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
