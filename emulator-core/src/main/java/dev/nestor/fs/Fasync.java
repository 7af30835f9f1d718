package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.signal.FileOwner;
import dev.nestor.kernel.signal.SigIo;
import dev.nestor.table.Chain;

/** Lists of files whose owners asked to be told of what happens: fasync_helper(), kill_fasync() of fs/fcntl.c. */
public final class Fasync {
    private final FileTable files;
    private final SigIo sigIo;
    private final FileOwner owner = new FileOwner();

    Fasync(FileTable files, SigIo sigIo) {
        this.files = files;
        this.sigIo = sigIo;
    }

    /** fasync_helper(): puts a file on a list, or takes it off. */
    public void helper(Chain list, int head, int file, boolean on) {
        boolean isOn = list.owner(file) != NULL;
        if (on && !isOn) {
            list.addFirst(head, file);
        } else if (!on && isOn) {
            list.remove(file);
        }
    }

    /** send_sigurg(): tells the owner of one file that urgent data has come. */
    public void urgent(int file) {
        owner.set(
                files.ownerPid(file),
                files.ownerType(file),
                files.ownerUid(file),
                files.ownerEuid(file),
                files.signum(file));
        sigIo.sendSigurg(owner);
    }

    /** kill_fasync(): tells the owners of all files on a list. */
    public void kill(Chain list, int head, int reason) {
        for (int file = list.first(head); file != NULL; file = list.next(file)) {
            owner.set(
                    files.ownerPid(file),
                    files.ownerType(file),
                    files.ownerUid(file),
                    files.ownerEuid(file),
                    files.signum(file));
            sigIo.sendSigio(owner, files.fasyncFd(file), reason);
        }
    }
}
