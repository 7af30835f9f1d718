package dev.nestor.kernel.futex;

import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;

/** What a thread that ends does to futexes: futex_exit_release(), futex_exec_release(), and the word of CLONE_CHILD_CLEARTID. */
public final class RobustLists {
    private static final int ROBUST_LIST_LIMIT = 2048;
    private static final int NEXT = 0; // offsets in a struct robust_list_head
    private static final int FUTEX_OFFSET = 8;
    private static final int LIST_OP_PENDING = 16;
    private static final int PI = 1; // bit of a pointer in the list

    private final TaskTable tasks;
    private final Pids pids;
    private final AddressSpaces spaces;
    private final UserMemory memory;
    private final Futexes futexes;
    private final Work work;

    public RobustLists(TaskTable tasks, Pids pids, AddressSpaces spaces, Futexes futexes, Work work) {
        this.tasks = tasks;
        this.pids = pids;
        this.spaces = spaces;
        this.memory = spaces.memory();
        this.futexes = futexes;
        this.work = work;
    }

    /** mm_release(): locks that the task still holds are said to be dead; whoever waits for its end hears of it. */
    public void mmRelease(int task) {
        futexes.unqueue(task);
        if (tasks.robustList(task) != 0) {
            exitRobustList(task, tasks.robustList(task));
            tasks.setRobustList(task, 0);
        }
        futexes.pi().exitPiStateList(task);
        long address = tasks.clearChildTid(task);
        if (address != 0) {
            int mm = tasks.mm(task);
            if (spaces.mms().users(mm) > 1) {
                memory.putInt(mm, address, 0);
                futexes.wake(mm, address, FutexKeys.SHARED, 1, Futex.FUTEX_BITSET_MATCH_ANY);
            }
            tasks.setClearChildTid(task, 0);
        }
    }

    /** exit_robust_list(): user space may have written anything there. */
    private void exitRobustList(int task, long head) {
        int mm = tasks.mm(task);
        long entry = memory.getLong(mm, head + NEXT);
        long offset = memory.getLong(mm, head + FUTEX_OFFSET);
        long pending = memory.getLong(mm, head + LIST_OP_PENDING);
        if (memory.faulted()) {
            return;
        }
        int limit = ROBUST_LIST_LIMIT;
        while ((entry & ~PI) != head) {
            long at = entry & ~PI;
            long next = memory.getLong(mm, at + NEXT);
            boolean isLast = memory.faulted();
            work.add(Work.LIST_STEP);
            if (at != (pending & ~PI) && !handleFutexDeath(task, at + offset, (entry & PI) != 0, false)) {
                return;
            }
            if (isLast) {
                return;
            }
            entry = next;
            limit--;
            if (limit == 0) {
                break;
            }
        }
        if ((pending & ~PI) != 0) {
            handleFutexDeath(task, (pending & ~PI) + offset, (pending & PI) != 0, true);
        }
    }

    /** handle_futex_death(): false when the word can't be reached. */
    private boolean handleFutexDeath(int task, long address, boolean pi, boolean pending) {
        int mm = tasks.mm(task);
        if ((address & 3) != 0) {
            return false;
        }
        int word = memory.getInt(mm, address);
        if (memory.faulted()) {
            return false;
        }
        int owner = word & Futex.FUTEX_TID_MASK;
        if (pending && !pi && owner == 0) {
            wakeOne(mm, address); // it was let go of, and who waits has perhaps not been told
            return true;
        }
        if (owner != pids.taskNr(task, pids.activeNs(task))) {
            return true;
        }
        if (memory.putInt(mm, address, (word & Futex.FUTEX_WAITERS) | Futex.FUTEX_OWNER_DIED) == -Errno.EFAULT) {
            return false;
        }
        if (!pi && (word & Futex.FUTEX_WAITERS) != 0) {
            wakeOne(mm, address);
        }
        return true;
    }

    private void wakeOne(int mm, long address) {
        futexes.wake(mm, address, FutexKeys.SHARED, 1, Futex.FUTEX_BITSET_MATCH_ANY);
    }
}
