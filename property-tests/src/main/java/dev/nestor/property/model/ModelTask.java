package dev.nestor.property.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A thread. */
public final class ModelTask {
    /** How far it is with its life. */
    public enum Life {
        ALIVE,
        /** The last thread of a namespace's init, which waits for the others to go. */
        EXITING,
        ZOMBIE,
        RELEASED
    }

    /** A table of descriptors, or a place in the file system: known by who shares it. */
    public static final class Shared {}

    /** An address space; once its task's user or capabilities have changed, others' rights in it are root's. */
    public static final class Memory {
        boolean dumpable = true;

        Memory copy() {
            Memory copy = new Memory();
            copy.dumpable = dumpable;
            return copy;
        }
    }

    /** Actions on signals, shared under CLONE_SIGHAND. */
    static final class Handlers {
        boolean ignoresSigchld;
    }

    /** The namespaces of a task but its own PID and its user namespace; none after its exit. */
    public record Namespaces(
            ModelNs mnt,
            ModelUts uts,
            ModelNs ipc,
            ModelPidNs pidForChildren,
            ModelNs cgroup,
            ModelNs net,
            ModelNs time,
            ModelNs timeForChildren) {}

    /** A wait4(2): for a child (upid &gt; 0), any (-1), or one of a group; wanted is the pid that upid named. */
    public record Wait(int upid, @Nullable ModelPid wanted, int options) {}

    /** A vfork that blocks until the child has given up the memory; then it answers the child's number. */
    public static final class Vfork {
        final ModelTask child;
        final int nr;
        boolean released;

        Vfork(ModelTask child, int nr) {
            this.child = child;
            this.nr = nr;
        }

        public int nr() {
            return nr;
        }

        public boolean isReleased() {
            return released;
        }
    }

    final int id; // order of birth
    final ModelPid pid;

    @Nullable
    ModelProcess process;

    @Nullable
    ModelTask realParent; // null only for the first

    final List<ModelTask> children = new ArrayList<>(); // processes, by their leaders, in order of adoption
    Life life = Life.ALIVE;
    int exitSignal;
    int exitStatus;
    boolean doomed; // a fatal signal waits for it
    ModelCred cred;

    @Nullable
    Namespaces namespaces;

    @Nullable
    Memory mm;

    @Nullable
    Shared files;

    @Nullable
    Shared fs;

    Handlers handlers;

    @Nullable
    Wait wait;

    @Nullable
    Vfork vfork; // that it waits in

    ModelTask(int id, ModelPid pid, ModelCred cred, Handlers handlers) {
        this.id = id;
        this.pid = pid;
        this.cred = cred;
        this.handlers = handlers;
    }

    public ModelPid pid() {
        return pid;
    }

    public ModelProcess process() {
        return Objects.requireNonNull(process);
    }

    public Namespaces namespaces() {
        return Objects.requireNonNull(namespaces);
    }

    public @Nullable ModelTask realParent() {
        return realParent;
    }

    public Life life() {
        return life;
    }

    public ModelCred cred() {
        return cred;
    }

    /** The memory of a task that lives. */
    Memory memory() {
        return Objects.requireNonNull(mm);
    }

    public @Nullable Memory mm() {
        return mm;
    }

    public @Nullable Shared files() {
        return files;
    }

    public @Nullable Shared fs() {
        return fs;
    }

    public int exitSignal() {
        return exitSignal;
    }

    public @Nullable Wait waiting() {
        return wait;
    }

    public void setWait(@Nullable Wait waiting) {
        wait = waiting;
    }

    public @Nullable Vfork vfork() {
        return vfork;
    }

    public void endVfork() {
        vfork = null;
    }

    public boolean isDoomed() {
        return doomed;
    }

    /** Its own PID namespace, in which it was born. */
    public ModelPidNs ns() {
        return pid.ns();
    }

    boolean isLeader() {
        return process().leader == this;
    }

    public boolean isBlocked() {
        return wait != null || vfork != null;
    }

    /** Can make a call now. */
    public boolean isFree() {
        return life == Life.ALIVE && !doomed && !isBlocked();
    }

    boolean isAlone() {
        return process().threads.size() == 1;
    }

    @Override
    public String toString() {
        return "task " + id;
    }
}
