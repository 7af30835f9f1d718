package dev.nestor.syscalls;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of mounts/*.calls answer what Linux 6.18 answered; files/record.py recorded them. */
class RecordedMountCallsTest {
    /** Those that several processes make; tasks/record.py recorded them. */
    @ParameterizedTest
    @ValueSource(strings = {"idmap", "statmounts", "hidepid", "polled", "messages", "idmaptypes"})
    void callOfSeveral_answersAsLinux(String file) {
        RecordedFileCallsTest.assertAnswers("mounts/" + file + ".calls");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "contexts",
                "trees",
                "beneath",
                "errors",
                "locked",
                "tmpfs",
                "bomb",
                "random1",
                "random2",
                "random3",
                "random4",
                "random5",
                "random6",
                "random7",
                "random8",
                "random9",
                "random10",
                "random11",
                "random12"
            })
    void call_answersAsLinux(String file) {
        TestMachine machine = new TestMachine();
        int task = RecordedFileCallsTest.newRoot(machine);
        machine.clone(task, 0); // who recorded it waits in these namespaces

        RecordedFileCallsTest.assertAnswers(machine, task, "mounts/" + file + ".calls");
    }
}
