package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.fs.Outside;
import dev.nestor.syscalls.SyscallOptions.Option;
import dev.nestor.syscalls.SyscallTable.Level;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Prctl;
import dev.nestor.uapi.Sched;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What docs/syscalls.md says of flags and options is so. */
class SyscallOptionsTest {
    private final TestMachine machine = new TestMachine();
    private final List<Option> options = SyscallOptions.load();

    @Test
    void cloneFlags_areAllListed() {
        Set<String> flags = Arrays.stream(Sched.class.getFields())
                .map(Field::getName)
                .filter(name -> name.startsWith("CLONE_"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(names("clone3")).containsAll(flags);
        flags.removeAll(Set.of("CLONE_NEWTIME", "CLONE_CLEAR_SIGHAND", "CLONE_INTO_CGROUP"));
        assertThat(names("clone")).containsAll(flags);
    }

    @Test
    void prctlOption_isLeftToOthers_onlyWhereItIsListedAsMissing() throws ReflectiveOperationException {
        List<String> wrong = new ArrayList<>();
        for (Option option : options) {
            if (option.call().equals("prctl")) {
                int value = Prctl.class.getField(option.name()).getInt(null);
                check(option, machine.call(machine.init(), Nr.NR_prctl, value), wrong);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void fcntlCommand_isLeftToOthers_onlyWhereItIsListedAsMissing() throws ReflectiveOperationException {
        machine.put(machine.init(), TestMachine.PAGE, "/tmp");
        long fd = machine.call(machine.init(), Nr.NR_open, TestMachine.PAGE, Fcntl.O_TMPFILE | Fcntl.O_RDWR, 0600);
        assertThat(fd).isNotNegative();
        List<String> wrong = new ArrayList<>();
        for (Option option : options) {
            if (option.call().equals("fcntl")) {
                int value = Fcntl.class.getField(option.name()).getInt(null);
                check(option, machine.call(machine.init(), Nr.NR_fcntl, fd, value), wrong);
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** PR_SET_MM and its kind answer before they are left to others: partial may be either. */
    private static void check(Option option, long result, List<String> wrong) {
        boolean isOutside = result == -Outside.EOUTSIDE;
        if (isOutside ? option.level() == Level.FULL : option.level() == Level.NONE) {
            wrong.add(option + " answers " + result);
        }
    }

    private Set<String> names(String call) {
        return options.stream()
                .filter(option -> option.call().equals(call))
                .map(Option::name)
                .collect(Collectors.toSet());
    }
}
