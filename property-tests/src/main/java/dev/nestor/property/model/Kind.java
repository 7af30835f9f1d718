package dev.nestor.property.model;

/** The kinds of namespace that have an owner and no parent. */
public enum Kind {
    MNT {
        @Override
        public ModelNs of(ModelTask.Namespaces set) {
            return set.mnt();
        }
    },
    UTS {
        @Override
        public ModelNs of(ModelTask.Namespaces set) {
            return set.uts();
        }
    },
    IPC {
        @Override
        public ModelNs of(ModelTask.Namespaces set) {
            return set.ipc();
        }
    },
    CGROUP {
        @Override
        public ModelNs of(ModelTask.Namespaces set) {
            return set.cgroup();
        }
    },
    NET {
        @Override
        public ModelNs of(ModelTask.Namespaces set) {
            return set.net();
        }
    },
    TIME {
        @Override
        public ModelNs of(ModelTask.Namespaces set) {
            return set.time();
        }
    };

    /** The one that a task has. */
    public abstract ModelNs of(ModelTask.Namespaces set);
}
