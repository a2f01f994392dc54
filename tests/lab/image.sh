#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# image.sh OUT SOURCE: a small ext4 file system with this project's own files in it.
set -eu
PATH=$PATH:/usr/sbin:/sbin
out=$1 source=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
for dir in include src lab cli docs platforms; do
	[ ! -d "$source/$dir" ] || cp -r "$source/$dir" "$tree/"
done
rm -f "$out"
E2FSPROGS_FAKE_TIME=1500000000 mke2fs -q -t ext4 -b 1024 -J size=1 -m 0 -L labtest \
	-U 00000000-0000-4000-8000-000000000002 \
	-E hash_seed=00000000-0000-4000-8000-000000000003,root_owner=0:0 -d "$tree" "$out" 6M
e2fsck -fn "$out" >/dev/null 2>&1
