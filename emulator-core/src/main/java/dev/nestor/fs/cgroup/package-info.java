/**
 * The files of cgroups, of both versions. All mounts of a hierarchy are of one instance; a mount made in a
 * cgroup namespace has that namespace's root for its own. A directory is a cgroup; its files are made and removed with it and
 * with its controllers. May touch {@code fs}, {@code fs.proc} and all rooms before them. Mirrors fs/kernfs/ as far as cgroups
 * use it, and the file halves of kernel/cgroup/.
 */
@NullMarked
package dev.nestor.fs.cgroup;

import org.jspecify.annotations.NullMarked;
