package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsNotify;
import dev.nestor.fs.FsTables;
import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.fs.NotifyMarkTable;

/** Who watches files: a mark belongs to a group and is on one object, no group has two on one, and none is on what is gone. */
final class NotifyInvariants {
    private final FsTables fs;
    private final NotifyGroupTable groups;
    private final NotifyMarkTable marks;

    NotifyInvariants(Kernel kernel) {
        this.fs = kernel.vfs().tables;
        this.groups = fs.notifyGroups;
        this.marks = fs.notifyMarks;
    }

    void check() {
        Claims.forEach(marks, this::checkMark);
        Claims.forEach(groups, group -> {
            int overflow = groups.overflows(group) ? 1 : 0;
            boolean fits = groups.qLen(group) >= overflow && groups.qLen(group) <= groups.maxEvents(group) + overflow;
            if (!fits) {
                throw new AssertionError(
                        "group " + Integer.toHexString(group) + " has " + groups.qLen(group) + " events");
            }
        });
    }

    private void checkMark(int mark) {
        int object = marks.object(mark);
        int group = marks.ofGroup().owner(mark);
        int owner =
                switch (marks.type(mark)) {
                    case FsNotify.INODE -> marks.ofInode().owner(mark);
                    case FsNotify.MOUNT -> marks.ofMount().owner(mark);
                    case FsNotify.SUPER_BLOCK -> marks.ofSuper().owner(mark);
                    default -> marks.ofMntNs().owner(mark);
                };
        Claims.equal(owner, object, "object of a mark", marks, mark);
        if (group == NULL || !groups.isLive(group)) {
            throw new AssertionError("mark " + Integer.toHexString(mark) + " is of no group");
        }
        if (marks.type(mark) != FsNotify.INODE) {
            return;
        }
        for (int other = marks.ofInode().next(mark);
                other != NULL;
                other = marks.ofInode().next(other)) {
            if (marks.ofGroup().owner(other) == group) {
                throw new AssertionError("a group has two marks on inode " + Integer.toHexString(object));
            }
        }
    }
}
