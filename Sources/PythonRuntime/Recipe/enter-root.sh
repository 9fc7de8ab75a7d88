#!/bin/sh
# Runs a command in a private root, in mount and process namespaces of its own, so that nothing of it is left behind.
# usage: enter-root.sh ROOT FOLDER:PLACE... -- COMMAND [ARGUMENT...]       FOLDER appears at PLACE inside the root
set -eu

if [ "${FROND_IN_NAMESPACE-}" = "" ]; then
    FROND_IN_NAMESPACE=1 exec unshare --mount --pid --fork --kill-child sh "$0" "$@"
fi
unset FROND_IN_NAMESPACE

root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != "--" ]; do
    folder=${1%%:*}
    place=$root${1#*:}
    mkdir -p "$place"
    mount --bind "$folder" "$place"
    shift
done
shift
exec chroot "$root" "$@"
