package dev.nestor.fs.sysfs;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.uapi.Stat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A name in the directories of objects that come and go: an attribute, a symlink or a directory, the same for all objects that
 * have it. What stands behind a directory's name is an object: the handle of a row in some table.
 */
public final class SysEntry {
    /** The show() of an attribute: 0, or a negative errno. */
    @FunctionalInterface
    public interface Show {
        int show(int object, SeqFile out);
    }

    /** The store() of an attribute: how many bytes it has taken, or a negative errno. */
    @FunctionalInterface
    public interface Store {
        long store(int task, int object, byte[] text, int length);
    }

    /** Where a symlink of an object leads: the length of the text. */
    @FunctionalInterface
    public interface Target {
        int put(int object, byte[] into);
    }

    /** Objects by their names in a directory. */
    public interface Names {
        /** The object behind a name in the directory of {@code of}; NULL when there is none. */
        int find(int tag, int of, byte[] text, int length);

        /** All of them, in any order that does not change. */
        void forEach(int tag, int of, IntConsumer taker);

        /** The name of one: its length. */
        int name(int object, byte[] into);
    }

    private static final Names NO_NAMES = new Names() {
        @Override
        public int find(int tag, int of, byte[] text, int length) {
            return 0;
        }

        @Override
        public void forEach(int tag, int of, IntConsumer taker) {}

        @Override
        public int name(int object, byte[] into) {
            return 0;
        }
    };

    final SysFs fs;
    final byte[] name; // of no bytes for one of many names
    final int mode;
    final int index;
    final List<SysEntry> children = new ArrayList<>();
    Names names = NO_NAMES;
    boolean isNamed; // its objects have the names

    @Nullable
    Show show;

    @Nullable
    Store store;

    @Nullable
    Target target;

    private @Nullable IntPredicate condition;

    SysEntry(SysFs fs, String name, int mode) {
        this.fs = fs;
        this.name = name.getBytes(StandardCharsets.ISO_8859_1);
        this.mode = mode;
        this.index = fs.register(this);
    }

    private SysEntry add(SysEntry child) {
        children.add(child);
        return child;
    }

    public SysEntry directory(String text) {
        return add(new SysEntry(fs, text, Stat.S_IFDIR | 0755));
    }

    /** A directory for each object that has a name here. */
    public SysEntry directories(Names all) {
        return named(Stat.S_IFDIR | 0755, all);
    }

    private SysEntry named(int childMode, Names all) {
        SysEntry child = add(new SysEntry(fs, "", childMode));
        child.names = all;
        child.isNamed = true;
        return child;
    }

    public SysEntry link(String text, Target leadsTo) {
        SysEntry child = add(new SysEntry(fs, text, Stat.S_IFLNK | 0777));
        child.target = leadsTo;
        return child;
    }

    /** A symlink for each object that has a name here. */
    public SysEntry links(Names all, Target leadsTo) {
        SysEntry child = named(Stat.S_IFLNK | 0777, all);
        child.target = leadsTo;
        return child;
    }

    /** An attribute that is read only. */
    public SysEntry file(String text, Show shown) {
        return file(text, 0444, shown, null);
    }

    public SysEntry file(String text, int permissions, @Nullable Show shown, @Nullable Store stored) {
        SysEntry child = add(new SysEntry(fs, text, Stat.S_IFREG | permissions));
        child.show = shown;
        child.store = stored;
        return child;
    }

    /** is_visible(): only these objects have it. */
    public SysEntry onlyFor(IntPredicate objects) {
        condition = objects;
        return this;
    }

    boolean isOf(int object) {
        return condition == null || condition.test(object);
    }

    boolean isDirectory() {
        return (mode & Stat.S_IFMT) == Stat.S_IFDIR;
    }
}
