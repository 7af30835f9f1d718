package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.ShellSyntax.Command;
import dev.nestor.syscalls.transcripts.ShellSyntax.For;
import dev.nestor.syscalls.transcripts.ShellSyntax.Pipeline;
import dev.nestor.syscalls.transcripts.ShellSyntax.Redirection;
import dev.nestor.syscalls.transcripts.ShellSyntax.Simple;
import dev.nestor.syscalls.transcripts.ShellSyntax.Subshell;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** bash, interactive or not, and dash: a child for each command, process groups for jobs, notices of jobs as bash gives them. */
final class Shell {
    private static final int SAVED_FD = 10;

    private final String name; // bash or sh
    private final boolean isInteractive;
    private final int pid; // $$, in subshells too
    private final int ppid;
    private UserProcess process;
    private final Map<String, String> variables = new HashMap<>();
    private final List<Job> jobs = new ArrayList<>();
    private int lastBackground; // $!
    private int status; // $?

    private static final class Job {
        private final int number;
        private final int group;
        private final String text;
        private final List<Integer> pids;
        private int waitStatus;

        private Job(int number, List<Integer> pids, String text) {
            this.number = number;
            this.group = pids.getFirst();
            this.pids = pids;
            this.text = text;
        }
    }

    /** Back to the prompt, as after a failed fork or an interrupt. */
    private static final class TopLevel extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A subshell, before it has its process: a copy. */
    private Shell(Shell outer) {
        process = outer.process;
        name = outer.name;
        isInteractive = false;
        pid = outer.pid;
        ppid = outer.ppid;
        variables.putAll(outer.variables);
        lastBackground = outer.lastBackground;
        status = outer.status;
    }

    private Shell(UserProcess process, String name, boolean isInteractive) {
        this.process = process;
        this.name = name;
        this.isInteractive = isInteractive;
        pid = process.pid();
        ppid = (int) process.call(Nr.NR_getppid);
    }

    /** The program bash, which asks for lines until it is told to exit. */
    static int interactive(UserProcess process, List<String> argv) {
        Shell shell = new Shell(process, "bash", true);
        process.signal(Signal.SIGTERM, UserProcess.SIG_IGN);
        process.signal(Signal.SIGINT, 0x4000);
        process.call(Nr.NR_setpgid, 0, shell.pid);
        String line;
        while ((line = process.session().readLine()) != null) {
            shell.reap();
            try {
                shell.run(ShellSyntax.parse(line), false);
            } catch (TopLevel e) {
                shell.status = 1;
            }
            shell.tellOfEndedJobs();
        }
        return shell.status;
    }

    /** sh -c. */
    static int script(UserProcess process, List<String> argv) {
        Shell shell = new Shell(process, "sh", false);
        shell.run(ShellSyntax.parse(argv.get(2)), true);
        return shell.status;
    }

    private void complain(String message) {
        process.err((name.equals("bash") ? "bash: " : "sh: 1: ") + message);
    }

    // Lists

    /** @param isLast the shell ends with the list: its last command needs no process of its own */
    private void run(List<Pipeline> list, boolean isLast) {
        for (int i = 0; i < list.size(); i++) {
            run(list.get(i), isLast && i == list.size() - 1);
            if (isInteractive && process.hasCaught(Signal.SIGINT)) {
                process.err("");
                throw new TopLevel();
            }
        }
    }

    private void run(Pipeline pipeline, boolean isLast) {
        Command first = pipeline.commands().getFirst();
        if (pipeline.commands().size() == 1 && !pipeline.isBackground()) {
            if (first instanceof For loop) {
                runLoop(loop);
                return;
            }
            if (first instanceof Simple simple && runHere(simple, isLast)) {
                return;
            }
        }
        List<Integer> pids = fork(pipeline);
        if (pipeline.isBackground()) {
            addJob(pids, pipeline.text());
            return;
        }
        int last = pids.getLast();
        while (!pids.isEmpty()) {
            int child = (int) process.waitPid(-1, 0);
            if (child == last) {
                status = UserProcess.exitCode(process.waitStatus());
            }
            if (!pids.removeIf(one -> one == child)) {
                ended(child);
            }
        }
    }

    private void runLoop(For loop) {
        for (String value : expand(loop.words())) {
            variables.put(loop.variable(), value);
            run(loop.list(), false);
        }
    }

    private List<Integer> fork(Pipeline pipeline) {
        List<Integer> pids = new ArrayList<>();
        int input = -1;
        for (int i = 0; i < pipeline.commands().size(); i++) {
            Command command = pipeline.commands().get(i);
            boolean isLast = i == pipeline.commands().size() - 1;
            int reading = -1;
            int writing = -1;
            if (!isLast) {
                process.call(Nr.NR_pipe, process.buffer());
                reading = process.intAt(process.buffer());
                writing = process.intAt(process.buffer() + 4);
            }
            int[] ends = {input, writing, reading};
            int group = pids.isEmpty() ? 0 : pids.getFirst();
            int child = fork(sub -> {
                sub.enterJob(group, isInteractive);
                sub.connect(ends);
                sub.runAsChild(command);
            });
            pids.add(child);
            if (isInteractive) {
                process.call(Nr.NR_setpgid, child, pids.getFirst());
            }
            closeAll(input, writing);
            input = reading;
        }
        return pids;
    }

    private int fork(Consumer<Shell> body) {
        Shell sub = new Shell(this);
        try {
            return process.fork(child -> {
                        sub.process = child;
                        body.accept(sub);
                        child.exit(sub.status);
                    })
                    .number();
        } catch (UserProcess.ForkFailed e) {
            complain(name.equals("bash") ? "fork: " + Errors.text(e.errno()) : "Cannot fork");
            throw new TopLevel();
        }
    }

    private void enterJob(int group, boolean hasJobControl) {
        if (hasJobControl) {
            process.call(Nr.NR_setpgid, 0, group);
        }
        process.signal(Signal.SIGTERM, 0);
        process.signal(Signal.SIGINT, 0);
    }

    /** @param ends of pipes: to read from, to write to, and of the next command, or -1 */
    private void connect(int[] ends) {
        for (int fd = 0; fd < 2; fd++) {
            if (ends[fd] >= 0) {
                process.call(Nr.NR_dup2, ends[fd], fd);
            }
        }
        closeAll(ends);
    }

    private void closeAll(int... fds) {
        for (int fd : fds) {
            if (fd >= 0) {
                process.close(fd);
            }
        }
    }

    private void runAsChild(Command command) {
        switch (command) {
            case Subshell subshell -> run(subshell.list(), true);
            case For loop -> runLoop(loop);
            case Simple simple -> {
                if (!runHere(simple, true)) {
                    throw new IllegalStateException("did not run " + simple);
                }
            }
        }
    }

    // Simple commands

    /** Runs what needs no child: assignments, builtins, and programs when the process is done afterwards. */
    private boolean runHere(Simple command, boolean mayExec) {
        String first = command.words().isEmpty() ? "" : command.words().getFirst();
        if (command.words().size() == 1 && first.matches("[a-zA-Z0-9]+=.*")) {
            int equals = first.indexOf('=');
            variables.put(first.substring(0, equals), String.join(" ", expandOne(first.substring(equals + 1))));
            return true;
        }
        if (!mayExec && !first.isEmpty() && !ShellBuiltins.NAMES.contains(first)) {
            return false;
        }
        List<String> argv = expand(command.words());
        if (first.equals("exec")) {
            redirect(command.redirections());
            if (argv.size() > 1) {
                exec(argv.subList(1, argv.size()));
            }
            return true;
        }
        if (!ShellBuiltins.NAMES.contains(argv.getFirst())) {
            if (redirect(command.redirections())) {
                exec(argv);
            }
            return true;
        }
        runBuiltin(command.redirections(), argv);
        return true;
    }

    private void exec(List<String> argv) {
        if (!Programs.has(argv.getFirst())) {
            complain(argv.getFirst() + ": command not found");
            process.exit(127);
        }
        int errno = process.exec(argv);
        complain(argv.getFirst() + ": " + Errors.text(errno));
        process.exit(126);
    }

    private void runBuiltin(List<Redirection> redirections, List<String> argv) {
        for (Redirection redirection : redirections) {
            process.call(Nr.NR_fcntl, redirection.fd(), Fcntl.F_DUPFD_CLOEXEC, SAVED_FD + redirection.fd());
        }
        status = redirect(redirections) ? new ShellBuiltins(this).run(argv) : 1;
        for (Redirection redirection : redirections) {
            process.call(Nr.NR_dup2, SAVED_FD + redirection.fd(), redirection.fd());
            process.close(SAVED_FD + redirection.fd());
        }
    }

    private boolean redirect(List<Redirection> redirections) {
        for (Redirection redirection : redirections) {
            if (redirection.target() == null) {
                process.close(redirection.fd());
                continue;
            }
            String path = String.join("", expandOne(redirection.target()));
            int flags = redirection.writes() ? Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_TRUNC : Fcntl.O_RDONLY;
            long fd = process.open(path, flags);
            if (fd < 0) {
                String why = Errors.text((int) -fd);
                complain(name.equals("bash") ? path + ": " + why : "cannot create " + path + ": " + why);
                return false;
            }
            if (fd != redirection.fd()) {
                process.call(Nr.NR_dup2, fd, redirection.fd());
                process.close(fd);
            }
        }
        return true;
    }

    // Jobs

    private void addJob(List<Integer> pids, String text) {
        lastBackground = pids.getLast();
        Job job = new Job(jobs.isEmpty() ? 1 : jobs.getLast().number + 1, pids, text);
        jobs.add(job);
        if (isInteractive) {
            process.err("[" + job.number + "] " + lastBackground);
        }
    }

    /** Takes note of jobs that have ended. */
    private void reap() {
        int child;
        while ((child = (int) process.waitPid(-1, Wait.WNOHANG)) > 0) {
            ended(child);
        }
    }

    private @Nullable Job ended(int child) {
        for (Job job : jobs) {
            if (job.pids.removeIf(one -> one == child)) {
                job.waitStatus = process.waitStatus();
                return job;
            }
        }
        return null;
    }

    /** Before a prompt: but not of a job that had ended when it was waited for. */
    private void tellOfEndedJobs() {
        List.copyOf(jobs).stream().filter(job -> job.pids.isEmpty()).forEach(this::tell);
    }

    private void tell(Job job) {
        jobs.remove(job);
        if (isInteractive) {
            int code = job.waitStatus >> 8 & 0xff;
            String how =
                    switch (job.waitStatus & 0x7f) {
                        case 0 -> code == 0 ? "Done" : "Exit " + code;
                        case Signal.SIGTERM -> "Terminated";
                        default -> "Killed";
                    };
            process.err("[" + job.number + "]+  " + "%-24s".formatted(how) + job.text);
        }
    }

    /** The builtin wait: for one child, or for all; those that have ended before are not told of. */
    int waitFor(int wanted) {
        jobs.removeIf(job -> wanted == 0 && job.pids.isEmpty());
        int child;
        while ((child = (int) process.waitPid(wanted == 0 ? -1 : wanted, 0)) > 0) {
            int exitCode = UserProcess.exitCode(process.waitStatus());
            Job job = ended(child);
            if (job != null && job.pids.isEmpty()) {
                tell(job);
            }
            if (child == wanted) {
                return exitCode;
            }
        }
        return 0;
    }

    /** What kill(2) gets for {@code %n} or a number. */
    int target(String word) {
        if (!word.startsWith("%")) {
            return Integer.parseInt(word);
        }
        int number = Integer.parseInt(word.substring(1));
        return jobs.stream()
                .filter(job -> job.number == number)
                .mapToInt(job -> -job.group)
                .findFirst()
                .orElse(0);
    }

    UserProcess process() {
        return process;
    }

    boolean isBash() {
        return name.equals("bash");
    }

    boolean isInteractive() {
        return isInteractive;
    }

    int status() {
        return status;
    }

    // Expansion

    private List<String> expand(List<String> words) {
        List<String> fields = new ArrayList<>();
        for (String word : words) {
            fields.addAll(expandOne(word));
        }
        return fields;
    }

    /** The fields of a word: expansions outside of quotes are split at blanks, and names matched at a star. */
    private List<String> expandOne(String word) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean any = expandInto(word, fields, field);
        if (any) {
            fields.add(field.toString());
        }
        boolean matches = fields.size() == 1 && word.endsWith("*");
        return matches ? glob(fields.getFirst()) : fields;
    }

    /** Whether there is a last field, be it empty. */
    private boolean expandInto(String word, List<String> fields, StringBuilder field) {
        boolean any = false;
        int at = 0;
        while (at < word.length()) {
            int end = word.charAt(at) == '$' ? endOfVariable(word, at) : ShellSyntax.skipPart(word, at);
            String part = word.substring(at, end);
            at = end;
            char letter = part.charAt(0);
            if (letter == '$' && part.length() > 1) {
                any |= split(value(part), fields, field);
                continue;
            }
            any = true;
            switch (letter) {
                case '\\' -> field.append(part.charAt(1));
                case '\'' -> field.append(part, 1, part.length() - 1);
                case '"' -> quoted(part.substring(1, part.length() - 1), field);
                default -> field.append(part);
            }
        }
        return any;
    }

    private static boolean split(String value, List<String> fields, StringBuilder field) {
        String[] parts = value.split("[ \\n]+", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                fields.add(field.toString());
                field.setLength(0);
            }
            field.append(parts[i]);
        }
        return !value.isEmpty();
    }

    private void quoted(String text, StringBuilder field) {
        int at = 0;
        while (at < text.length()) {
            char letter = text.charAt(at);
            if (letter == '\\' && "$\"\\`".indexOf(text.charAt(at + 1)) >= 0) {
                field.append(text.charAt(at + 1));
                at += 2;
                continue;
            }
            int end = letter == '$' ? endOfVariable(text, at) : at + 1;
            String part = text.substring(at, end);
            field.append(letter == '$' && part.length() > 1 ? value(part) : part);
            at = end;
        }
    }

    private static int endOfVariable(String text, int start) {
        int at = start + 1;
        if (at < text.length() && text.charAt(at) == '(') {
            return ShellSyntax.skipPart(text, start);
        }
        if (at < text.length() && "$!?".indexOf(text.charAt(at)) >= 0) {
            return at + 1;
        }
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private String value(String part) {
        if (part.startsWith("$(")) {
            return substitute(part.substring(2, part.length() - 1));
        }
        return switch (part) {
            case "$$" -> String.valueOf(pid);
            case "$PPID" -> String.valueOf(ppid);
            case "$!" -> String.valueOf(lastBackground);
            case "$?" -> String.valueOf(status);
            default -> variables.getOrDefault(part.substring(1), "");
        };
    }

    private String substitute(String command) {
        process.call(Nr.NR_pipe, process.buffer());
        int reading = process.intAt(process.buffer());
        int writing = process.intAt(process.buffer() + 4);
        int child = fork(sub -> {
            sub.connect(new int[] {-1, writing, reading});
            sub.run(ShellSyntax.parse(command), true);
        });
        process.close(writing);
        String text = Objects.requireNonNull(process.readAll(reading));
        process.close(reading);
        process.waitPid(child, 0);
        return text.stripTrailing();
    }

    private List<String> glob(String pattern) {
        int slash = pattern.lastIndexOf('/');
        String folder = pattern.substring(0, slash + 1);
        String start = pattern.substring(slash + 1, pattern.length() - 1);
        List<String> names = process.names(folder);
        if (names == null) {
            throw new IllegalStateException(folder + " errno " + process.errno());
        }
        return names.isEmpty()
                ? List.of(pattern)
                : names.stream()
                        .filter(one -> one.startsWith(start) && !one.startsWith("."))
                        .sorted()
                        .map(folder::concat)
                        .toList();
    }
}
