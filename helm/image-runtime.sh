#!/usr/bin/env bash
# Makes the layer below a service's classes: a Java runtime by jlink and the few C libraries that it
# and the native parts of RocksDB, Netty and Vectorscan need. The image has nothing else: no shell.
#
# usage: image-runtime.sh begin DIRECTORY       empties the directory for jlink
#        image-runtime.sh libraries DIRECTORY   adds what the runtime in opt/java needs
set -euo pipefail

step=$1
root=$2

if [[ $step == begin ]]; then
  rm -rf "$root"
  mkdir -p "$root"/{opt,etc,tmp}
  exit
fi

# Each library at the path under which the dynamic linker looks for it on this machine.
copy_library() {
  mkdir -p "$root$(dirname "$1")"
  cp -L "$1" "$root$1"
}

libraries_of() {
  ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }'
}

find_library() {
  # Reads to the end: an awk that stops early ends ldconfig by SIGPIPE, and the script with it.
  ldconfig -p | awk -v name="$1" '$1 == name && /x86-64|AArch64|aarch64/ && !found++ { print $NF }'
}

export LD_LIBRARY_PATH=$root/opt/java/lib:$root/opt/java/lib/server
{
  find "$root/opt/java" -name '*.so' -o -path '*/bin/java' | while read -r file; do
    libraries_of "$file"
  done
  for name in libstdc++.so.6 libgcc_s.so.1 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 \
    libresolv.so.2 libnss_dns.so.2 libnss_files.so.2; do
    found=$(find_library "$name")
    if [[ -z $found ]]; then
      echo "image-runtime.sh: $name is missing on this machine" >&2
      exit 1
    fi
    printf '%s\n' "$found"
  done
} | grep -v "^$root" | sort -u | while read -r library; do
  copy_library "$library"
done

printf 'sentinel:x:10001:10001::/tmp:/sbin/nologin\n' >"$root/etc/passwd"
printf 'sentinel:x:10001:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
