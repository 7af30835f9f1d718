package dev.nestor.syscalls.transcripts;

import java.util.List;
import java.util.Objects;

/** ss -tan, from /proc as where the kernel has no SOCK_DIAG: the columns, and a line for each socket of TCP. */
final class SsProgram {
    private static final String[] STATES = {
        "",
        "ESTAB",
        "SYN-SENT",
        "SYN-RECV",
        "FIN-WAIT-1",
        "FIN-WAIT-2",
        "TIME-WAIT",
        "UNCONN",
        "CLOSE-WAIT",
        "LAST-ACK",
        "LISTEN",
        "CLOSING"
    };

    private SsProgram() {}

    static int run(UserProcess process, List<String> argv) {
        StringBuilder text = new StringBuilder();
        line(text, "State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", "Process");
        for (String path : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            Objects.requireNonNull(process.readFile(path)).lines().skip(1).forEach(row -> {
                String[] fields = row.strip().split(" +", -1);
                String state = STATES[Integer.parseInt(fields[3], 16)];
                String[] queues = fields[4].split(":", -1);
                String sent = String.valueOf(Long.parseLong(queues[0], 16));
                String received = String.valueOf(Long.parseLong(queues[1], 16));
                line(text, state, received, sent, fields[1], fields[2], "");
            });
        }
        process.out(text.toString());
        return 0;
    }

    private static void line(StringBuilder text, String... columns) {
        text.append(String.join(" ", columns)).append(" \n");
    }
}
