# Installs what the lock file names, when that was not done yet. Sourced from the project's root.
if [ ! -x node_modules/.bin/node ] || ! cmp -s package-lock.json node_modules/.installed-lock.json; then
  echo "installing dependencies …" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.installed-lock.json
fi
