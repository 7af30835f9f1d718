package dev.nestor.cli.program;

import dev.nestor.uapi.Nr;

/** Which calls make tasks. */
final class CallsThatMake {
    private CallsThatMake() {}

    static boolean tasks(int nr) {
        return nr == Nr.NR_clone || nr == Nr.NR_clone3 || nr == Nr.NR_fork || nr == Nr.NR_vfork;
    }
}
