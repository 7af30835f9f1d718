package dev.nestor.fs.cgroup;

/** Who reads or writes a file of which cgroup. One object, filled anew for each request. */
final class CgroupRequest {
    int task; // that reads or writes
    int file;
    int cgroup;
    int ns; // cgroup_namespace that the task had when it opened the file
}
