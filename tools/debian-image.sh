#!/bin/sh
# Makes cli/src/main/resources/dev/nestor/cli/image/debian-12.image.gz: the files of Debian 12's base system and of the
# packages that system call tools and container tools are in, as the packages have them. Needs apt, dpkg and a network.
set -eu
packages="bash bsdutils bubblewrap busybox catatonit coreutils crun dash debianutils diffutils dumb-init fakechroot
  findutils firejail fuse-overlayfs gawk grep gzip hostname init iproute2 iputils-ping keyutils less libc-bin
  libcap2-bin login lsof lxc mount ncurses-bin net-tools nftables passwd perl-base podman procps psmisc python3 runc sed
  slirp4netns socat strace stress-ng sudo systemd systemd-container tar tini udev uidmap util-linux util-linux-extra"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$(dirname "$0")/.."
project=$PWD
cd "$work"
mkdir debs root
all=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    $packages $(dpkg-query -W -f '${Package} ${Essential}\n' | sed -n 's/ yes$//p') |
  sed -n 's/^\([a-z0-9][a-z0-9.+-]*\)$/\1/p' | sort -u)
(cd debs && apt-get download -q=2 $all)
# Where the base system's links of merged /usr are, packages put files through them.
(cd root && mkdir -p usr/bin usr/sbin usr/lib usr/lib64 && for d in bin sbin lib lib64; do ln -s usr/$d $d; done)
for deb in debs/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C root --keep-directory-symlink --no-same-permissions -p
done
# What the packages' own scripts would make of it.
ldconfig -r root
for file in passwd group; do cp root/usr/share/base-passwd/$file.master root/etc/$file; done
ln -s /usr/share/zoneinfo/Etc/UTC root/etc/localtime
"$project/nestor" image --root root "$project/cli/src/main/resources/dev/nestor/cli/image/debian-12.image.gz" \
  /bin /sbin /lib /lib64 /usr/bin /usr/sbin /usr/lib /etc --except /usr/lib/python3 --except /usr/lib/python3.11 \
  --except /usr/lib/udev/hwdb.d --except /usr/lib/firmware
