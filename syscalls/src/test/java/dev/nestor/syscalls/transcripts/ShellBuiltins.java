package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands that a shell does itself. */
final class ShellBuiltins {
    static final Set<String> NAMES = Set.of("echo", "exit", "kill", "wait", "exec", "cd");

    private static final Map<String, Integer> SIGNALS =
            Map.of("KILL", Signal.SIGKILL, "TERM", Signal.SIGTERM, "STOP", Signal.SIGSTOP, "INT", Signal.SIGINT);

    private final Shell shell;
    private final UserProcess process;

    ShellBuiltins(Shell shell) {
        this.shell = shell;
        this.process = shell.process();
    }

    int run(List<String> argv) {
        return switch (argv.getFirst()) {
            case "echo" -> echo(argv.subList(1, argv.size()));
            case "exit" -> exit();
            case "cd" -> cd(argv.get(1));
            case "kill" -> kill(argv.subList(1, argv.size()));
            case "wait" -> shell.waitFor(argv.size() > 1 ? Integer.parseInt(argv.get(1)) : 0);
            default -> throw new IllegalArgumentException(argv.getFirst());
        };
    }

    private int echo(List<String> words) {
        long result = process.write(1, String.join(" ", words) + "\n");
        if (result >= 0) {
            return 0;
        }
        return process.err(
                shell.isBash()
                        ? "bash: echo: write error: " + Errors.text((int) -result)
                        : "sh: 1: echo: echo: I/O error");
    }

    private int cd(String path) {
        long result = process.call(Nr.NR_chdir, process.text(path));
        return result < 0 ? process.err("sh: 1: cd: can't cd to " + path) : 0;
    }

    private int exit() {
        if (shell.isInteractive()) {
            process.err("exit");
        }
        process.exit(shell.status());
        return 0;
    }

    private int kill(List<String> words) {
        boolean hasSignal = words.getFirst().startsWith("-");
        int sig = hasSignal ? signal(words.getFirst().substring(1)) : Signal.SIGTERM;
        int failed = 0;
        for (String word : words.subList(hasSignal ? 1 : 0, words.size())) {
            long result = process.kill(shell.target(word), sig);
            if (result < 0) {
                String why = result == -Errno.EPERM ? "Operation not permitted" : Errors.text((int) -result);
                failed = process.err("bash: kill: (" + word + ") - " + why);
            }
        }
        return failed;
    }

    private static int signal(String name) {
        Integer sig = SIGNALS.get(name);
        return sig == null ? Integer.parseInt(name) : sig;
    }
}
