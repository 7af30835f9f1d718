package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * hackbench, which perf bench sched messaging is: groups of senders and receivers, each sender sending to each receiver of its
 * group. All are made first, then let go by one message on which they poll; the time is that until the last has ended.
 */
final class Messaging {
    private static final int INT = 4; // bytes
    private static final int POLLFD = 8; // bytes
    private static final int POLLIN = 1;

    /**
     * What is asked for.
     *
     * @param fds senders of a group, and receivers
     * @param bytes of a message
     * @param fifo whether the first process, and so all, are SCHED_FIFO
     */
    record Shape(int groups, int fds, int loops, int bytes, boolean pipes, boolean threads, boolean fifo) {
        int tasks() {
            return groups * fds * 2;
        }
    }

    private final String name;
    private final Shape shape;
    private final Elapsed elapsed = new Elapsed();
    private long sent;
    private long received;
    private long data; // addresses
    private long into;
    private int readyOut; // descriptors
    private int wakeFd;

    Messaging(String name, Shape shape) {
        this.name = name;
        this.shape = shape;
    }

    Program main(Stage stage) {
        data = stage.room(shape.bytes);
        into = stage.room(shape.bytes);
        return new Main(stage);
    }

    Elapsed elapsed() {
        return elapsed;
    }

    Map<String, Number> figures() {
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("seconds", elapsed.seconds());
        figures.put("tasks", shape.tasks());
        figures.put("sent", sent);
        figures.put("received", received);
        return figures;
    }

    /** A task that says that it is ready, waits for the beginning, and sends or receives. */
    private abstract class Worker extends BenchProgram {
        private final long pollfd;
        private int step;

        Worker(Stage stage, long pollfd) {
            super(stage, name);
            this.pollfd = pollfd;
        }

        /** The next message, or what is left of one; false when there is none. */
        abstract boolean work();

        abstract void worked(long answer);

        /** What is to be closed first, or -1. */
        int surplus() {
            return -1;
        }

        @Override
        protected void advance() {
            if (step == 0 && surplus() < 0) {
                step++;
            }
            switch (step) {
                case 0 -> call(Nr.NR_close, surplus());
                case 1 -> call3(Nr.NR_write, readyOut, data, 1);
                case 2 -> call3(Nr.NR_poll, pollfd, 1, -1);
                default -> {
                    if (!work()) {
                        end();
                    }
                }
            }
        }

        private void end() {
            if (shape.threads) {
                exit();
            } else {
                exitGroup();
            }
        }

        @Override
        protected void returned(long answer) {
            if (step < 3) {
                done("call " + nr, answer);
                step++;
            } else {
                worked(answer);
            }
        }
    }

    private final class Sender extends Worker {
        private final int[] fds;
        private int loop;
        private int fd;
        private int done; // bytes of this message

        Sender(Stage stage, long pollfd, int[] fds) {
            super(stage, pollfd);
            this.fds = fds;
        }

        @Override
        boolean work() {
            if (fd == fds.length) {
                fd = 0;
                loop++;
            }
            if (loop == shape.loops) {
                return false;
            }
            call3(Nr.NR_write, fds[fd], data + done, shape.bytes - done);
            return true;
        }

        @Override
        void worked(long answer) {
            done += (int) done("SENDER: write", answer);
            if (done == shape.bytes) {
                done = 0;
                fd++;
                sent++;
            }
        }
    }

    private final class Receiver extends Worker {
        private final int fd;
        private final int surplus;
        private long left; // messages
        private int done; // bytes of this message

        Receiver(Stage stage, long pollfd, int fd, int surplus) {
            super(stage, pollfd);
            this.fd = fd;
            this.surplus = surplus;
            this.left = (long) shape.fds * shape.loops;
        }

        @Override
        int surplus() {
            return surplus;
        }

        @Override
        boolean work() {
            if (left == 0) {
                return false;
            }
            call3(Nr.NR_read, fd, into + done, shape.bytes - done);
            return true;
        }

        @Override
        void worked(long answer) {
            done += (int) done("SERVER: read", answer);
            if (done == shape.bytes) {
                done = 0;
                left--;
                received++;
            }
        }
    }

    /** What the first process does, in this order. */
    private enum Step {
        POLICY,
        READY,
        WAKE,
        PAIR,
        RECEIVER,
        CLOSE_IN,
        SENDER,
        CLOSE_OUT,
        GATHER,
        GO,
        REAP,
        EXIT
    }

    private final class Main extends BenchProgram {
        private final long pairs;
        private final long pollfd;
        private final long tids;
        private Step step = Step.POLICY;
        private int readyIn; // descriptors
        private int wakeOut;
        private List<Integer> outs = new ArrayList<>(); // descriptors of this group
        private int group;
        private int of; // this group
        private int made;
        private int counted;

        Main(Stage stage) {
            super(stage, name);
            pairs = stage.room(2 * INT);
            pollfd = stage.room(POLLFD);
            tids = stage.room(INT * shape.tasks());
        }

        @Override
        protected void advance() {
            if (step == Step.POLICY && !shape.fifo) {
                step = Step.READY;
            }
            if (step == Step.PAIR && group == shape.groups) {
                step = Step.GATHER;
            }
            switch (step) {
                case POLICY -> {
                    putInt(pairs, 1);
                    call3(Nr.NR_sched_setscheduler, 0, Sched.SCHED_FIFO, pairs);
                }
                case READY, WAKE, PAIR -> fdpair(shape.pipes, pairs);
                case RECEIVER ->
                    make(new Receiver(stage, pollfd, getInt(pairs), shape.threads ? -1 : getInt(pairs + INT)));
                case CLOSE_IN -> call(Nr.NR_close, getInt(pairs));
                case SENDER ->
                    make(new Sender(
                            stage,
                            pollfd,
                            outs.stream().mapToInt(Integer::intValue).toArray()));
                case CLOSE_OUT -> call(Nr.NR_close, outs.get(of));
                case GATHER -> call3(Nr.NR_read, readyIn, into, 1);
                case GO -> {
                    elapsed.begin(stage.nowNs());
                    call3(Nr.NR_write, wakeOut, data, 1);
                }
                case REAP -> reap();
                case EXIT -> exitGroup();
            }
        }

        private void make(Program worker) {
            if (shape.threads) {
                thread(worker, tids + (long) INT * made);
            } else {
                fork(worker);
            }
        }

        private void reap() {
            if (shape.threads) {
                while (counted < shape.tasks() && !join(tids + (long) INT * counted)) {
                    counted++;
                }
            } else if (counted < shape.tasks()) {
                call(Nr.NR_wait4, -1, 0, 0, 0);
            }
            if (counted == shape.tasks()) {
                elapsed.end(stage.nowNs());
                step = Step.EXIT;
                exitGroup();
            }
        }

        @Override
        protected void returned(long answer) {
            if (step == Step.REAP && shape.threads) {
                return;
            }
            done("call " + nr, answer);
            switch (step) {
                case POLICY -> step = Step.READY;
                case READY -> {
                    readyIn = getInt(pairs);
                    readyOut = getInt(pairs + INT);
                    step = Step.WAKE;
                }
                case WAKE -> {
                    wakeFd = getInt(pairs);
                    wakeOut = getInt(pairs + INT);
                    putInt(pollfd, wakeFd);
                    putInt(pollfd + INT, POLLIN);
                    step = Step.PAIR;
                }
                case PAIR -> step = Step.RECEIVER;
                case RECEIVER -> {
                    made++;
                    outs.add(getInt(pairs + INT));
                    step = Step.CLOSE_IN;
                    if (shape.threads) {
                        paired();
                    }
                }
                case CLOSE_IN -> paired();
                case SENDER -> {
                    made++;
                    if (++of == shape.fds) {
                        of = 0;
                        step = Step.CLOSE_OUT;
                        if (shape.threads) {
                            grouped();
                        }
                    }
                }
                case CLOSE_OUT -> {
                    if (++of == shape.fds) {
                        grouped();
                    }
                }
                case GATHER -> {
                    if (++counted == shape.tasks()) {
                        counted = 0;
                        step = Step.GO;
                    }
                }
                case GO -> step = Step.REAP;
                case REAP -> counted++;
                case EXIT -> {}
            }
        }

        /** A receiver has been made. */
        private void paired() {
            step = outs.size() == shape.fds ? Step.SENDER : Step.PAIR;
        }

        /** The senders of a group have been made. */
        private void grouped() {
            of = 0;
            group++;
            outs = new ArrayList<>();
            step = Step.PAIR;
        }
    }
}
