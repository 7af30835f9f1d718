package dev.nestor.fs.proc;

import java.util.List;

/** Names that a directory of /proc/sys has at the time it is looked at: the devices of a net. */
public interface ProcNames {
    /** What a name stands for, in the eyes of a task: a number that its files are asked about; 0 for none. */
    int find(int task, byte[] name, int length);

    /** All names in order, fixed ones included. */
    List<String> names(int task);
}
