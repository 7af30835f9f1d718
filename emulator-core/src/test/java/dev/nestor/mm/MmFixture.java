package dev.nestor.mm;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Resource;

/** One task with an address space, and all memory calls. */
final class MmFixture {
    final AddressSpaces spaces;
    final TaskTable tasks = new TaskTable(8);
    final SignalStructTable signals = new SignalStructTable(8, tasks);
    final CredTable creds = new CredTable(8);
    final UserNamespaceTable userNamespaces = new UserNamespaceTable(8);
    final MmLimits limits;
    final Mmap mmap;
    final Mprotect mprotect;
    final Mremap mremap;
    final Madvise madvise;
    final Mlock mlock;
    final Mmap.Source anonymous = new Mmap.Source();
    final int task = tasks.alloc();
    final int signal = signals.alloc();
    final int cred = creds.alloc();

    MmFixture(int frames, int vmas) {
        this(frames, vmas, MmapFiles.NONE);
    }

    MmFixture(int frames, int vmas, MmapFiles files) {
        spaces = new AddressSpaces(new Frames(frames), 16, vmas);
        limits = new MmLimits(spaces, tasks, signals, new Capabilities(tasks, creds, userNamespaces));
        mmap = new Mmap(spaces, limits, files);
        mprotect = new Mprotect(spaces, limits);
        mremap = new Mremap(spaces, limits, mmap, files);
        madvise = new Madvise(spaces, limits, files);
        mlock = new Mlock(spaces, limits);
        creds.setUserNs(cred, userNamespaces.alloc());
        tasks.setCred(task, cred);
        tasks.setSignal(task, signal);
        setCapabilities(-1L);
        for (int resource = 0; resource < Resource.RLIM_NLIMITS; resource++) {
            setLimit(resource, -1);
        }
    }

    void setCapabilities(long mask) {
        creds.setCapEffective(cred, mask);
    }

    void setLimit(int resource, long value) {
        signals.setRlimCur(signal, resource, value);
        signals.setRlimMax(signal, resource, value);
    }

    int mm() {
        return tasks.mm(task);
    }
}
