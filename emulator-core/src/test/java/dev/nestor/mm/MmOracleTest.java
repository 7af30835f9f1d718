package dev.nestor.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.nestor.uapi.Mman;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random calls with the answers, maps and sizes of Linux 6.18, recorded by oracle.c. A line that differs is reported with
 * its number; the calls before it are in the log.
 */
class MmOracleTest {
    /** The program and its heap lie below, and are not compared line by line. */
    private static final long PROGRAM_END = 0x1000000;

    /** Shows the vmas before the call that differs: -Dmm.trace. */
    private static final boolean TRACE = System.getProperty("mm.trace") != null;

    private final MmFixture kernel = new MmFixture(1 << 17, 1 << 12);
    private final byte[] one = new byte[1];
    private final List<String> maps = new ArrayList<>();
    private int lineNumber;
    private boolean started;
    private String before = "";

    /** The recorded logs, and those in a directory of one's own: -Dmm.oracle=DIR. */
    static List<String> logs() {
        List<String> logs = new ArrayList<>(List.of("oracle-1", "oracle-2", "oracle-3", "oracle-fork"));
        String directory = System.getProperty("mm.oracle");
        String[] more = directory == null ? null : new File(directory).list();
        if (more != null) {
            Arrays.sort(more);
            logs.addAll(List.of(more));
        }
        return logs;
    }

    @ParameterizedTest
    @MethodSource("logs")
    void calls_answerAsTheKernelDoes(String log) throws IOException {
        try (BufferedReader lines = open(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lineNumber++;
                String[] words = line.split(" ");
                if (words[0].equals("m")) {
                    maps.add(line);
                    continue;
                }
                if (words[0].equals("s")) {
                    check(line);
                    maps.clear();
                    continue;
                }
                perform(line, words, lines);
            }
        }
        kernel.spaces.mmput(kernel.mm());
        assertThat(kernel.spaces.frames().size()).isZero();
        assertThat(kernel.spaces.vmas().size()).isZero();
    }

    private void perform(String line, String[] words, BufferedReader lines) throws IOException {
        int mm = kernel.mm();
        before = TRACE && mm != 0 ? line + describe() : line;
        if (words[0].equals("b")) {
            kernel.tasks.setMm(kernel.task, kernel.spaces.execMm(AddressSpaces.STACK_TOP, hex(words[1]), 8 << 20));
        } else if (words[0].equals("fork")) {
            kernel.tasks.setMm(kernel.task, kernel.spaces.dupMm(mm));
            kernel.spaces.mmput(mm);
        } else if (words[0].equals("mincore")) {
            mincore(line, words, lines);
        } else {
            long expected = words[words.length - 1].startsWith("-")
                    ? Long.parseLong(words[words.length - 1])
                    : hex(words[words.length - 1]);
            expect(line, call(words), expected);
        }
    }

    private long call(String[] words) {
        int task = kernel.task;
        long a = hex(words[1]);
        long b = words.length > 4 ? hex(words[2]) : 0;
        long c = words.length > 5 ? hex(words[3]) : 0;
        long d = words.length > 6 ? hex(words[4]) : 0;
        return switch (words[0]) {
            case "mmap" -> kernel.mmap.mmap(task, a, b, (int) c, (int) d, kernel.anonymous);
            case "munmap" -> kernel.mmap.munmap(task, a, b);
            case "mprotect" -> kernel.mprotect.mprotect(task, a, b, (int) c);
            case "mremap" -> kernel.mremap.mremap(task, a, b, c, d, hex(words[5]));
            case "madvise" -> kernel.madvise.madvise(task, a, b, (int) c);
            case "mlock" -> kernel.mlock.mlock(task, a, b, false);
            case "munlock" -> kernel.mlock.munlock(task, a, b);
            case "msync" -> kernel.mlock.msync(task, a, b, (int) c);
            case "brk" -> kernel.mmap.brk(task, a);
            case "w" -> write(a, (int) b);
            case "r" -> read(a);
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private long write(long address, int value) {
        one[0] = (byte) value;
        return kernel.spaces.memory().copyToUser(kernel.mm(), address, one, 0, 1);
    }

    private long read(long address) {
        int error = kernel.spaces.memory().copyFromUser(kernel.mm(), address, one, 0, 1);
        return error != 0 ? error : one[0] & 0xff;
    }

    private void mincore(String line, String[] words, BufferedReader lines) throws IOException {
        long vector = AddressSpaces.STACK_TOP - 4096;
        long answer = kernel.mlock.mincore(kernel.task, hex(words[1]), hex(words[2]), vector);
        boolean failed = words[4].startsWith("-");
        expect(line, answer, failed ? Long.parseLong(words[4]) : 0);
        if (failed) {
            return;
        }
        String expected = lines.readLine();
        lineNumber++;
        StringBuilder actual = new StringBuilder("v");
        for (int i = 0; i < (hex(words[2]) + 4095) / 4096; i++) {
            actual.append(' ').append(kernel.spaces.memory().getByte(kernel.mm(), vector + i));
        }
        if (!expected.contentEquals(actual)) {
            fail(lineNumber + ": " + line + "\nexpected " + expected + "\nactual   " + actual);
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        VmaTable vmas = kernel.spaces.vmas();
        for (int vma = kernel.spaces.findVma(kernel.mm(), PROGRAM_END);
                vma != 0;
                vma = kernel.spaces.findVma(kernel.mm(), vmas.end(vma))) {
            text.append('\n').append(Long.toHexString(vmas.start(vma))).append('-');
            text.append(Long.toHexString(vmas.end(vma))).append(" flags ").append(Long.toHexString(vmas.flags(vma)));
            text.append(" pgoff ").append(Long.toHexString(vmas.pgoff(vma))).append(" anon_vma ");
            text.append(vmas.anonVma(vma)).append(vmas.anonCloned(vma) ? " cloned" : "");
        }
        return text.toString();
    }

    private void check(String sizes) {
        if (!started) {
            started = true;
            learnProgram();
            maps.removeIf(map -> map.startsWith("m 00"));
        }
        List<String> actual = new ArrayList<>();
        VmaTable vmas = kernel.spaces.vmas();
        long end = PROGRAM_END;
        for (int vma = kernel.spaces.findVma(kernel.mm(), end);
                vma != 0;
                vma = kernel.spaces.findVma(kernel.mm(), end)) {
            end = vmas.end(vma);
            if (vmas.start(vma) >= PROGRAM_END) {
                actual.add("m " + pad(vmas.start(vma)) + "-" + pad(end) + " " + permissions(vmas.flags(vma)));
            }
        }
        if (!actual.equals(maps)) {
            int at = 0;
            while (at < Math.min(actual.size(), maps.size()) && actual.get(at).equals(maps.get(at))) {
                at++;
            }
            fail(lineNumber + ": maps differ\nexpected " + maps.subList(at, Math.min(at + 3, maps.size()))
                    + "\nactual   " + actual.subList(at, Math.min(at + 3, actual.size()))
                    + "\nafter    " + before);
        }
        String[] expected = sizes.split(" ");
        expected[4] = Long.toHexString(hex(expected[4]) + hex(expected[5]));
        expected[5] = "0";
        assertThat(sizes()).as("line %s", lineNumber).isEqualTo(String.join(" ", expected));
    }

    private String sizes() {
        MmTable mms = kernel.spaces.mms();
        int mm = kernel.mm();
        return "s" + kib(mms.totalVm(mm)) + kib(mms.dataVm(mm)) + kib(mms.stackVm(mm)) + kib(mms.execVm(mm)) + kib(0)
                + kib(mms.lockedVm(mm));
    }

    private static String kib(long pages) {
        return " " + Long.toHexString(4 * pages);
    }

    /** What the log begins with is the program itself; its heap grew to one page more. */
    private void learnProgram() {
        for (String map : maps) {
            if (!map.startsWith("m 00")) {
                continue;
            }
            String range = map.substring(2, map.indexOf(' ', 2));
            long start = hex(range.substring(0, range.indexOf('-')));
            long end = hex(range.substring(range.indexOf('-') + 1));
            String permissions = map.substring(map.length() - 4);
            int prot = (permissions.charAt(0) == 'r' ? Mman.PROT_READ : 0)
                    | (permissions.charAt(1) == 'w' ? Mman.PROT_WRITE : 0)
                    | (permissions.charAt(2) == 'x' ? Mman.PROT_EXEC : 0);
            if (end == (kernel.spaces.mms().brk(kernel.mm()) + 4095 & -4096)) {
                kernel.spaces.mms().setStartBrk(kernel.mm(), start);
            }
            kernel.spaces.learnMapping(kernel.mm(), start, end, prot);
        }
    }

    private static String permissions(long flags) {
        return ((flags & VmFlags.VM_READ) != 0 ? "r" : "-")
                + ((flags & VmFlags.VM_WRITE) != 0 ? "w" : "-")
                + ((flags & VmFlags.VM_EXEC) != 0 ? "x" : "-")
                + ((flags & VmFlags.VM_MAYSHARE) != 0 ? "s" : "p");
    }

    private static String pad(long address) {
        String digits = Long.toHexString(address);
        return digits.length() >= 8 ? digits : "0".repeat(8 - digits.length()) + digits;
    }

    private void expect(String line, long answer, long expected) {
        if (answer != expected) {
            fail(lineNumber + ": " + line + "\nactual " + Long.toHexString(answer) + " (" + answer + ")");
        }
    }

    private static long hex(String digits) {
        return Long.parseUnsignedLong(digits, 16);
    }

    private static BufferedReader open(String log) throws IOException {
        InputStream resource = log.endsWith(".gz")
                ? new FileInputStream(new File(System.getProperty("mm.oracle"), log))
                : MmOracleTest.class.getResourceAsStream(log + ".txt.gz");
        return new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII));
    }
}
