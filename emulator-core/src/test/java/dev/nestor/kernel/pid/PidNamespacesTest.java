package dev.nestor.kernel.pid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import org.junit.jupiter.api.Test;

class PidNamespacesTest {
    private final PidFixture machine = new PidFixture(32_768);

    @Test
    void thirtyTwoLevels_areAllowed_theNextIsENOSPC() {
        int ns = machine.root;
        for (int level = 1; level <= 32; level++) {
            ns = machine.child(ns);
            assertThat(ns).isPositive();
            assertThat(machine.table.level(ns)).isEqualTo(level);
        }
        assertThat(machine.child(ns)).isEqualTo(-Errno.ENOSPC);
    }

    @Test
    void aNewNamespace_hasPidMaxOf4Mi_whateverItsParentHas() {
        assertThat(machine.table.pidMax(machine.root)).isEqualTo(32_768);
        assertThat(machine.table.pidMax(machine.child(machine.root))).isEqualTo(4_194_304);
    }

    @Test
    void aChild_keepsItsParentAlive() {
        int parent = machine.child(machine.root);
        int child = machine.child(parent);
        machine.namespaces.put(parent);
        assertThat(machine.table.isLive(parent)).isTrue();
        machine.namespaces.put(child);
        assertThat(machine.table.isLive(parent)).isFalse();
        assertThat(machine.table.size()).isEqualTo(1);
    }

    @Test
    void aPid_keepsItsNamespaceAlive() {
        int ns = machine.child(machine.root);
        int pid = machine.alloc(ns);
        machine.namespaces.put(ns);
        assertThat(machine.table.isLive(ns)).isTrue();
        machine.pids.freePid(pid);
        assertThat(machine.table.isLive(ns)).isFalse();
    }

    @Test
    void isAncestorOrSelf_goesUpOnly() {
        int inner = machine.child(machine.root);
        int sibling = machine.child(machine.root);
        assertThat(machine.namespaces.isAncestorOrSelf(machine.root, inner)).isTrue();
        assertThat(machine.namespaces.isAncestorOrSelf(inner, inner)).isTrue();
        assertThat(machine.namespaces.isAncestorOrSelf(inner, machine.root)).isFalse();
        assertThat(machine.namespaces.isAncestorOrSelf(inner, sibling)).isFalse();
    }

    @Test
    void theTablesLimit_isENOSPC() {
        PidFixture full = new PidFixture(100);
        for (int i = 0; i < 999; i++) {
            assertThat(full.child(full.root)).isPositive();
        }
        assertThat(full.child(full.root)).isEqualTo(-Errno.ENOSPC);
        assertThat(full.table.count(full.root)).isEqualTo(1000);
    }
}
