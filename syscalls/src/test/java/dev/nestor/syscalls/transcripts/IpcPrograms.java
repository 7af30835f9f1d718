package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** ipcmk, ipcs and ipcrm of util-linux 2.38.1: ipcs reads /proc/sysvipc, and limits from /proc/sys/kernel. */
final class IpcPrograms {
    private static final int PAGE_KIB = 4;

    private IpcPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("ipcmk", IpcPrograms::ipcmk);
        programs.put("ipcrm", IpcPrograms::ipcrm);
        programs.put("ipcs", IpcPrograms::ipcs);
    }

    private static int ipcmk(UserProcess process, List<String> argv) {
        process.check(process.call(Nr.NR_getrandom, process.buffer(), 4, 0));
        int key = process.intAt(process.buffer());
        int flags = 0644 | Ipc.IPC_CREAT | Ipc.IPC_EXCL;
        long size = argv.size() > 2 ? Long.parseLong(argv.get(2)) : 0;
        long id;
        String what;
        switch (argv.get(1)) {
            case "-Q" -> {
                id = process.call(Nr.NR_msgget, key, flags);
                what = "Message queue";
            }
            case "-S" -> {
                id = process.call(Nr.NR_semget, key, size, flags);
                what = "Semaphore";
            }
            default -> {
                id = process.call(Nr.NR_shmget, key, size, flags);
                what = "Shared memory";
            }
        }
        process.check(id);
        process.out(what + " id: " + id + "\n");
        return 0;
    }

    private static int ipcrm(UserProcess process, List<String> argv) {
        if (argv.get(1).equals("-q")) {
            long id = Long.parseLong(argv.get(2));
            long result = process.call(Nr.NR_msgctl, id, Ipc.IPC_RMID, 0);
            return result < 0 ? process.err("ipcrm: invalid id (" + id + ")") : 0;
        }
        long at = process.buffer();
        long last = process.call(Nr.NR_shmctl, 0, Ipc.SHM_INFO, at);
        for (long i = 0; i <= last; i++) {
            long id = process.call(Nr.NR_shmctl, i, Ipc.SHM_STAT, at);
            process.check(id < 0 ? 0 : process.call(Nr.NR_shmctl, id, Ipc.IPC_RMID, 0));
        }
        last = process.call(Nr.NR_semctl, 0, 0, Ipc.SEM_INFO, at);
        for (long i = 0; i <= last; i++) {
            long id = process.call(Nr.NR_semctl, i, 0, Ipc.SEM_STAT, at);
            process.check(id < 0 ? 0 : process.call(Nr.NR_semctl, id, 0, Ipc.IPC_RMID, 0));
        }
        last = process.call(Nr.NR_msgctl, 0, Ipc.MSG_INFO, at);
        for (long i = 0; i <= last; i++) {
            long id = process.call(Nr.NR_msgctl, i, Ipc.MSG_STAT, at);
            process.check(id < 0 ? 0 : process.call(Nr.NR_msgctl, id, Ipc.IPC_RMID, 0));
        }
        return 0;
    }

    private static int ipcs(UserProcess process, List<String> argv) {
        if (argv.contains("-l")) {
            limits(process);
            return 0;
        }
        StringBuilder text = new StringBuilder();
        messages(process, text);
        if (!argv.contains("-q")) {
            segments(process, text);
            semaphores(process, text);
        }
        process.out(text.append('\n').toString());
        return 0;
    }

    /** The rows of a file of /proc/sysvipc, in fields. */
    private static List<String[]> rows(UserProcess process, String file) {
        String text = Objects.requireNonNull(process.readFile("/proc/sysvipc/" + file), file);
        return text.lines().skip(1).map(line -> line.strip().split(" +", -1)).toList();
    }

    /** Key, id, owner and permissions. */
    private static String common(String[] row, String uid) {
        return "0x%08x %-10s %-10s %-10s "
                .formatted(Integer.parseInt(row[0]), row[1], FileStat.user(Integer.parseInt(uid)), row[2]);
    }

    private static void title(String what, String columns, StringBuilder text) {
        text.append("\n------ ")
                .append(what)
                .append(" --------\n")
                .append(columns)
                .append('\n');
    }

    private static void messages(UserProcess process, StringBuilder text) {
        title("Message Queues", "key        msqid      owner      perms      used-bytes   messages    ", text);
        for (String[] row : rows(process, "msg")) {
            text.append(common(row, row[7])).append("%-12s %-12s\n".formatted(row[3], row[4]));
        }
    }

    private static void segments(UserProcess process, StringBuilder text) {
        String columns = "key        shmid      owner      perms      bytes      nattch     status      ";
        title("Shared Memory Segments", columns, text);
        for (String[] row : rows(process, "shm")) {
            text.append(common(row, row[7])).append("%-10s %-10s %-6s %-6s\n".formatted(row[3], row[6], "", ""));
        }
    }

    private static void semaphores(UserProcess process, StringBuilder text) {
        title("Semaphore Arrays", "key        semid      owner      perms      nsems     ", text);
        for (String[] row : rows(process, "sem")) {
            text.append(common(row, row[4])).append("%-10s\n".formatted(row[3]));
        }
    }

    private static String sysctl(UserProcess process, String name) {
        return Objects.requireNonNull(process.readFile("/proc/sys/kernel/" + name), name)
                .strip();
    }

    private static void limits(UserProcess process) {
        String[] sem = sysctl(process, "sem").split("\\s+", -1);
        process.check(process.call(Nr.NR_semctl, 0, 0, Ipc.IPC_INFO, process.buffer()));
        int maxValue = process.intAt(process.buffer() + 32);
        process.check(process.call(Nr.NR_shmctl, 0, Ipc.IPC_INFO, process.buffer()));
        long minSize = process.longAt(process.buffer() + 8);
        BigInteger most = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
        BigInteger shmall = new BigInteger(sysctl(process, "shmall")).multiply(BigInteger.valueOf(PAGE_KIB));
        BigInteger shown = shmall.min(most.subtract(most.mod(BigInteger.valueOf(PAGE_KIB))));
        BigInteger shmmax = new BigInteger(sysctl(process, "shmmax")).shiftRight(10);
        process.out("\n------ Messages Limits --------\nmax queues system wide = " + sysctl(process, "msgmni")
                + "\nmax size of message (bytes) = " + sysctl(process, "msgmax")
                + "\ndefault max size of queue (bytes) = " + sysctl(process, "msgmnb")
                + "\n\n------ Shared Memory Limits --------\nmax number of segments = " + sysctl(process, "shmmni")
                + "\nmax seg size (kbytes) = " + shmmax + "\nmax total shared memory (kbytes) = " + shown
                + "\nmin seg size (bytes) = " + minSize
                + "\n\n------ Semaphore Limits --------\nmax number of arrays = " + sem[3]
                + "\nmax semaphores per array = " + sem[0] + "\nmax semaphores system wide = " + sem[1]
                + "\nmax ops per semop call = " + sem[2] + "\nsemaphore max value = " + maxValue + "\n\n");
    }
}
