#!/bin/sh
# Builds the image of the service from scratch, for the architecture of this machine (Debian, glibc).
#
#   build-container.sh PACKAGE [IMAGE]
#
# PACKAGE is what `npm install` takes: the file of `npm pack`, or volume-transfers@VERSION.
# BUILD is the program that builds it, by default `buildah build --format docker`; `docker build` also works.
set -eu

package=$1
image=${2:-volume-transfers}
here=$(cd "$(dirname "$0")" && pwd)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
root=$context/root
mkdir -p "$root/app" "$root/bin" "$root/etc" "$root/tmp" "$context/data"
chmod 1777 "$root/tmp"

npm install --prefix "$root/app" --no-audit --no-fund --omit=dev "$package" \
    "node-linux-$(node -p process.arch)@24"
# Only Node's binary is needed of its package. Without its symbols it is a seventh smaller.
strip -o "$root/bin/node" "$root"/app/node_modules/node-linux-*/bin/node
rm -r "$root"/app/node_modules/node-linux-*
# The libraries of Node and of libSQL with their paths, and the loader.
ldd "$root/bin/node" "$root"/app/node_modules/@libsql/*-gnu/index.node | grep -o '=\? */lib[^ ]*' | tr -d '= ' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
echo 'volume-transfers:x:10001:10001::/data:/none' > "$root/etc/passwd"
echo 'volume-transfers:x:10001:' > "$root/etc/group"
chmod 0700 "$context/data"

${BUILD:-buildah build --format docker} --tag "$image" --file "$here/Containerfile" "$context"
