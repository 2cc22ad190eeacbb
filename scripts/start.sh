#!/bin/sh
# npm start: installs and builds what is missing, then starts a node. Arguments go to `p2pcrypt node start`.
set -e
cd "$(dirname "$0")/.."
. scripts/ready.sh
PATH="$PWD/node_modules/.bin:$PATH"
node --disable-warning=ExperimentalWarning scripts/build.ts
exec node apps/cli/dist/main.js node start "$@"
