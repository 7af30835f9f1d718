package dev.nestor.cli.run;

/** What is counted of one task. Times are cycles. */
final class TaskAccount {
    private static final long AWAKE = -1;

    /** Numbers at birth, of the outermost PID namespace first. */
    private final int[] numbers;

    private final long start;
    private String command = "";
    private long end;
    private boolean isAlive = true;
    private long user;
    private long kernel;
    private long runDelay;
    private long blocked;
    private long blockedSince = AWAKE;
    private long voluntary; // switches
    private long involuntary; // switches
    private long migrations;
    private long calls;

    TaskAccount(int[] numbers, long start) {
        this.numbers = numbers;
        this.start = start;
    }

    void rename(String name) {
        command = name;
    }

    /** The task has ended, and nothing is known of its scheduling. */
    void end(long now) {
        end = now;
        isAlive = false;
    }

    /** The last that is known: at its end, or at the end of the run. */
    record Sched(long user, long kernel, long runDelay, long voluntary, long involuntary, long migrations) {}

    void close(String name, Sched sched, long now, boolean alive) {
        command = name;
        user = sched.user;
        kernel = sched.kernel;
        runDelay = sched.runDelay;
        voluntary = sched.voluntary;
        involuntary = sched.involuntary;
        migrations = sched.migrations;
        wake(now);
        end = now;
        isAlive = alive;
    }

    void sleep(long now) {
        blockedSince = now;
    }

    void wake(long now) {
        if (blockedSince != AWAKE) {
            blocked += now - blockedSince;
            blockedSince = AWAKE;
        }
    }

    void addCall() {
        calls++;
    }

    int[] numbers() {
        return numbers;
    }

    /** In the outermost PID namespace. */
    int number() {
        return numbers[0];
    }

    String command() {
        return command;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    boolean isAlive() {
        return isAlive;
    }

    /** Cycles computed outside the kernel. */
    long user() {
        return user;
    }

    long kernel() {
        return kernel;
    }

    long busy() {
        return user + kernel;
    }

    /** Cycles runnable without a CPU. */
    long runDelay() {
        return runDelay;
    }

    /** Cycles asleep. */
    long blocked() {
        return blocked;
    }

    long voluntary() {
        return voluntary;
    }

    long involuntary() {
        return involuntary;
    }

    long migrations() {
        return migrations;
    }

    long calls() {
        return calls;
    }
}
