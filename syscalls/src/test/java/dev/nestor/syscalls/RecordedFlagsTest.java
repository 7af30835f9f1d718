package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What Linux 6.18 answered to every set of up to three flags of clone(2) and unshare(2), as root and as nobody:
 * clone-flags.txt, made by tools/record-clone-flags.c.
 */
class RecordedFlagsTest {
    private static final int NOBODY = 65534;

    @Test
    void everySetOfFlags_isAnsweredAsByLinux() throws IOException {
        List<String> differences = new ArrayList<>();
        int count = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RecordedFlagsTest.class.getResourceAsStream("clone-flags.txt")),
                StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                long answer = answer(words[0], words[1].equals("nobody"), Long.decode(words[2]));
                if (answer != Long.parseLong(words[3])) {
                    differences.add(line + " here " + answer);
                }
                count++;
            }
        }
        assertThat(count).isGreaterThan(2000);
        assertThat(differences).isEmpty();
    }

    /** The errno, or 0. */
    private static long answer(String call, boolean nobody, long flags) {
        TestMachine machine = new TestMachine();
        int shell = machine.fork(machine.init());
        int task = machine.fork(shell);
        if (nobody) {
            machine.call(task, Nr.NR_setresgid, NOBODY, NOBODY, NOBODY);
            machine.call(task, Nr.NR_setresuid, NOBODY, NOBODY, NOBODY);
        }
        long result = call.equals("clone")
                ? machine.call(task, Nr.NR_clone, flags | Signal.SIGCHLD, 0, TestMachine.PAGE)
                : machine.call(task, Nr.NR_unshare, flags);
        return result < 0 ? -result : 0;
    }
}
