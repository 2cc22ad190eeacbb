#!/bin/sh
# Runs one of the project's scripts under the pinned Node, from source.
set -e
cd "$(dirname "$0")/.."
. scripts/ready.sh
PATH="$PWD/node_modules/.bin:$PATH"
exec node --conditions=source --disable-warning=ExperimentalWarning "$@"
