package dev.nestor.cli.strace;

import java.util.List;

/** The signals of x86-64 as strace names them. */
final class SignalNames {

    /* signal(7); the index is the number */
    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    private static final int FIRST_REAL_TIME = 32;
    private static final int LAST = 64;

    private SignalNames() {}

    /** The number for {@code SIGCHLD}, {@code SIGRTMIN}, {@code SIGRT_3}; 0 for any other name. */
    static int full(String name) {
        return name.startsWith("SIG") ? brief(name.substring(3)) : 0;
    }

    /** The number for {@code CHLD}, {@code RTMIN}, {@code RT_3}, as in sets; 0 for any other name. */
    static int brief(String name) {
        int number = NAMES.indexOf(name);
        if (number > 0) {
            return number;
        }
        return switch (name) {
            case "RTMIN" -> FIRST_REAL_TIME;
            case "RTMAX" -> LAST;
            case "POLL" -> NAMES.indexOf("IO");
            case "IOT" -> NAMES.indexOf("ABRT");
            default -> name.startsWith("RT_") ? realTime(name.substring(3)) : 0;
        };
    }

    private static int realTime(String digits) {
        boolean isNumber =
                !digits.isEmpty() && digits.length() < 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int signal = isNumber ? FIRST_REAL_TIME + Integer.parseInt(digits) : 0;
        return signal <= LAST ? signal : 0;
    }
}
