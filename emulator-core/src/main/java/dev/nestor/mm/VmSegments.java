package dev.nestor.mm;

/** System V attachments, seen from below: the room that has them hears of every vma of theirs (shm_vm_ops). */
public interface VmSegments {
    /** shm_open(): there is one more vma of an attachment. */
    void open(int segment);

    /** shm_close(): there is one less. */
    void close(int segment);
}
