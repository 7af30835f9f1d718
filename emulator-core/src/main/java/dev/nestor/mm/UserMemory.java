package dev.nestor.mm;

import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.ENAMETOOLONG;

import dev.nestor.machine.Work;
import dev.nestor.table.Table;
import java.util.Arrays;

/**
 * User memory as system calls reach it: copy_from_user(), copy_to_user(), strncpy_from_user(), get_user() and put_user().
 * Copies say 0 or -EFAULT; what was copied before the fault stays copied. The typed reads answer 0 on a fault and leave
 * a mark, so that several may be followed by one question: {@code if (memory.faulted()) return -EFAULT;} Each copy is
 * a USER_COPY of work; what it moves, and all of strncpyFromUser(), is the caller's to report.
 */
public final class UserMemory {
    private final Faults faults;
    private final Frames frames;
    private final Work work;
    private boolean faulted; // a typed read failed since faulted() was last asked; not part of the state
    private int copied; // bytes that the last copy has moved; not part of the state

    UserMemory(Faults faults, Frames frames, Work work) {
        this.faults = faults;
        this.frames = frames;
        this.work = work;
    }

    /** access_ok(): whether a range lies in user space at all. */
    public static boolean accessOk(long address, long length) {
        return length >= 0
                && length <= AddressSpaces.TASK_SIZE_MAX
                && address >= 0
                && address <= AddressSpaces.TASK_SIZE_MAX - length;
    }

    /** copy_from_user(): 0 or -EFAULT. */
    public int copyFromUser(int mm, long from, byte[] into, int offset, int length) {
        copied = 0;
        if (mm == Table.NULL || !accessOk(from, length)) {
            return length == 0 ? 0 : -EFAULT;
        }
        work.add(Work.USER_COPY);
        int done = 0;
        while (done < length) {
            long address = from + done;
            int frame = faults.frameAt(mm, address, false);
            if (frame < 0) {
                copied = done;
                return -EFAULT;
            }
            int inPage = (int) address & Frames.PAGE_MASK;
            int part = Math.min(length - done, Frames.PAGE_SIZE - inPage);
            if (frame == Table.NULL) {
                Arrays.fill(into, offset + done, offset + done + part, (byte) 0);
            } else {
                frames.read(frame, inPage, into, offset + done, part);
            }
            done += part;
        }
        copied = done;
        return 0;
    }

    /** copy_to_user(): 0 or -EFAULT. */
    public int copyToUser(int mm, long to, byte[] from, int offset, int length) {
        copied = 0;
        if (mm == Table.NULL || !accessOk(to, length)) {
            return length == 0 ? 0 : -EFAULT;
        }
        work.add(Work.USER_COPY);
        int done = 0;
        while (done < length) {
            long address = to + done;
            int frame = faults.frameAt(mm, address, true);
            if (frame < 0) {
                copied = done;
                return -EFAULT;
            }
            int inPage = (int) address & Frames.PAGE_MASK;
            int part = Math.min(length - done, Frames.PAGE_SIZE - inPage);
            frames.write(frame, inPage, from, offset + done, part);
            done += part;
        }
        copied = done;
        return 0;
    }

    /** clear_user(): 0 or -EFAULT. */
    public int clearUser(int mm, long to, long length) {
        if (mm == Table.NULL || !accessOk(to, length)) {
            return length == 0 ? 0 : -EFAULT;
        }
        work.add(Work.USER_COPY);
        long address = to;
        while (address < to + length) {
            int frame = faults.frameAt(mm, address, true);
            if (frame < 0) {
                return -EFAULT;
            }
            int inPage = (int) address & Frames.PAGE_MASK;
            int part = (int) Math.min(to + length - address, Frames.PAGE_SIZE - inPage);
            frames.clear(frame, inPage, part);
            address += part;
        }
        return 0;
    }

    /** Bytes that the last copyFromUser or copyToUser moved: for calls that answer with a part. */
    public int copied() {
        return copied;
    }

    /**
     * strncpy_from_user(): copies up to and without the NUL.
     *
     * @return the length without the NUL, -EFAULT, or -ENAMETOOLONG when there is no NUL among the first limit bytes
     */
    public int strncpyFromUser(int mm, long from, byte[] into, int limit) {
        if (mm == Table.NULL || !accessOk(from, 1)) {
            return -EFAULT;
        }
        int done = 0;
        while (done < limit) {
            long address = from + done;
            int frame = accessOk(address, 1) ? faults.frameAt(mm, address, false) : -EFAULT;
            if (frame < 0) {
                return -EFAULT;
            }
            if (frame == Table.NULL) {
                return done;
            }
            int inPage = (int) address & Frames.PAGE_MASK;
            int end = Math.min(limit - done, Frames.PAGE_SIZE - inPage) + inPage;
            for (int at = inPage; at < end; at++) {
                byte read = frames.byteAt(frame, at);
                if (read == 0) {
                    return done;
                }
                into[done++] = read;
            }
        }
        return -ENAMETOOLONG;
    }

    /** Whether all of a range can be read now. Faults pages in, as fault_in_readable() does. */
    public boolean readable(int mm, long address, long length) {
        return reachable(mm, address, length, false);
    }

    /** Whether all of a range can be written now. Faults pages in, as fault_in_writeable() does. */
    public boolean writable(int mm, long address, long length) {
        return reachable(mm, address, length, true);
    }

    /** Whether a typed read has failed since this was last asked. */
    public boolean faulted() {
        boolean answer = faulted;
        faulted = false;
        return answer;
    }

    public long getLong(int mm, long address) {
        return get(mm, address, Long.BYTES);
    }

    public int getInt(int mm, long address) {
        return (int) get(mm, address, Integer.BYTES);
    }

    public short getShort(int mm, long address) {
        return (short) get(mm, address, Short.BYTES);
    }

    public byte getByte(int mm, long address) {
        return (byte) get(mm, address, Byte.BYTES);
    }

    /** put_user(): 0 or -EFAULT. */
    public int putLong(int mm, long address, long value) {
        return put(mm, address, value, Long.BYTES);
    }

    /** put_user(): 0 or -EFAULT. */
    public int putInt(int mm, long address, int value) {
        return put(mm, address, value, Integer.BYTES);
    }

    /** put_user(): 0 or -EFAULT. */
    public int putShort(int mm, long address, int value) {
        return put(mm, address, value, Short.BYTES);
    }

    /** put_user(): 0 or -EFAULT. */
    public int putByte(int mm, long address, int value) {
        return put(mm, address, value, Byte.BYTES);
    }

    private boolean reachable(int mm, long address, long length, boolean write) {
        if (mm == Table.NULL || !accessOk(address, length)) {
            return length == 0;
        }
        long end = address + length;
        long at = address;
        while (at < end) {
            if (faults.frameAt(mm, at, write) < 0) {
                return false;
            }
            at = (at | Frames.PAGE_MASK) + 1;
        }
        return true;
    }

    private long get(int mm, long address, int size) {
        if (mm == Table.NULL || !accessOk(address, size)) {
            faulted = true;
            return 0;
        }
        work.add(Work.USER_COPY);
        int inPage = (int) address & Frames.PAGE_MASK;
        int frame = faults.frameAt(mm, address, false);
        int second = frame;
        if (frame >= 0 && inPage + size > Frames.PAGE_SIZE) {
            second = faults.frameAt(mm, address + size - 1, false);
        }
        if (frame < 0 || second < 0) {
            faulted = true;
            return 0;
        }
        if (size == Long.BYTES && inPage + size <= Frames.PAGE_SIZE) {
            return frame == Table.NULL ? 0 : frames.longAt(frame, inPage);
        }
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            int at = inPage + i;
            int source = at < Frames.PAGE_SIZE ? frame : second;
            int read = source == Table.NULL ? 0 : frames.byteAt(source, at & Frames.PAGE_MASK) & 0xff;
            value = value << 8 | read;
        }
        return value;
    }

    private int put(int mm, long address, long value, int size) {
        if (mm == Table.NULL || !accessOk(address, size)) {
            return -EFAULT;
        }
        work.add(Work.USER_COPY);
        int inPage = (int) address & Frames.PAGE_MASK;
        int frame = faults.frameAt(mm, address, true);
        int second = frame;
        if (frame >= 0 && inPage + size > Frames.PAGE_SIZE) {
            second = faults.frameAt(mm, address + size - 1, true);
        }
        if (frame < 0 || second < 0) {
            return -EFAULT;
        }
        if (size == Long.BYTES && inPage + size <= Frames.PAGE_SIZE) {
            frames.setLong(frame, inPage, value);
            return 0;
        }
        for (int i = 0; i < size; i++) {
            int at = inPage + i;
            int target = at < Frames.PAGE_SIZE ? frame : second;
            frames.setByte(target, at & Frames.PAGE_MASK, (byte) (value >> (8 * i)));
        }
        return 0;
    }
}
