package dev.nestor.syscalls;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of sockets/*.calls, recorded by files/record.py, answer what Linux 6.18 answered. */
class RecordedSocketCallsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "errnos",
                "options",
                "pings",
                "raw",
                "raw6",
                "netopts",
                "sysnet",
                "neighbours",
                "forwarding",
                "arp",
                "routed",
                "packet",
                "packetopts",
                "packetdevs",
                "tun",
                "timewait"
            })
    void call_answersAsLinux(String file) {
        RecordedFileCallsTest.assertAnswers("sockets/" + file + ".calls");
    }
}
