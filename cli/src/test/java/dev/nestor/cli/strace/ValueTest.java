package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values, one by one, as both kinds of log show them. */
class ValueTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; 0",
                "-100 /* AT_FDCWD */; -100",
                "0x7f3cef1b7000; 139899686318080",
                "18446744073709551615 /* RLIM64_INFINITY */; -1",
                "0xffffffffffffffff; -1",
                "0100644 /* S_IFREG|0644 */; 33188",
                "0666; 438",
                "00000010; 16",
                "0x1200000 /* CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID */|17 /* SIGCHLD */; 18874385",
                "O_RDONLY|O_CLOEXEC; 524288",
                "O_RDONLY|O_LARGEFILE; 32768",
                "S_IFREG|0644; 33188",
                "AT_FDCWD; -100",
                "8192*1024; 8388608",
                "RLIM64_INFINITY; -1",
                "1<<CAP_CHOWN|1<<CAP_KILL; 33",
                "1<<CAP_CHECKPOINT_RESTORE; 1099511627776",
                "0xffffffff /* 1<<CAP_CHOWN */|0x100 /* 1<<CAP_CHECKPOINT_RESTORE */; 1103806595071",
                "makedev(0xfe, 0); 65024",
                "makedev(0x1, 0x3); 259",
                "htons(80); 20480",
                "htonl(0x7f000001); 16777343",
                "inet_addr(\"127.0.0.1\"); 16777343",
                "SIGCHLD; 17",
                "SIGRT_3; 35",
                "SIGRTMIN; 32",
                "~0x3; -4",
                "SIGCHLD|0x80; 145",
                "_IOC(_IOC_READ, 0x54, 0x1, 0x4); 2147767297"
            })
    void number_isWhatTheKernelSees(String text, long value) throws Exception {
        Value.Num num = assertInstanceOf(Value.Num.class, Logs.value(text));
        assertEquals(value, num.value());
    }

    @Test
    void symbol_isWhatTheCommentSays() throws Exception {
        assertEquals("O_RDONLY|O_CLOEXEC", ((Value.Num) Logs.value("0x80000 /* O_RDONLY|O_CLOEXEC */")).symbol());
        assertEquals("A|SIGCHLD", ((Value.Num) Logs.value("0x1000000 /* A */|17 /* SIGCHLD */")).symbol());
        assertEquals("O_RDONLY", ((Value.Num) Logs.value("O_RDONLY")).symbol());
        assertNull(((Value.Num) Logs.value("7")).symbol());
        assertEquals(
                "IOPRIO_PRIO_VALUE(2 /* IOPRIO_CLASS_BE */, 4)",
                ((Value.Num) Logs.value("0x4004 /* IOPRIO_PRIO_VALUE(2 /* IOPRIO_CLASS_BE */, 4) */")).symbol());
    }

    @Test
    void null_isNull() throws Exception {
        assertTrue(Logs.value("NULL").isNull());
        assertEquals(Value.Num.NULL, Logs.value("NULL"));
    }

    @Test
    void unknownName_isOpaque() throws Exception {
        assertEquals(new Value.Opaque("O_NEVER|O_RDWR"), Logs.value("O_NEVER|O_RDWR"));
        assertEquals(new Value.Opaque("???"), Logs.value("???"));
    }

    @Test
    void pid_hasBothNumbers() throws Exception {
        assertEquals(new Value.Pid(2, 29899), Logs.value("2 /* 29899 in strace's PID NS */"));
        assertEquals(2, Logs.value("2 /* 29899 in strace's PID NS */").number());
    }

    @Test
    void string_undoesEscapes() throws Exception {
        Value.Str str = (Value.Str) Logs.value("\"\\177ELF\\2\\0001\\n\\t\\\\\\\"\\xdc\\xa0\"...");
        assertArrayEquals("\177ELF\2\0001\n\t\\\"\u00dc\u00a0".getBytes(StandardCharsets.ISO_8859_1), str.bytes());
        assertTrue(str.isTruncated());
    }

    @Test
    void string_ofAbstractSocket_beginsWithNul() throws Exception {
        assertEquals("\0abc", ((Value.Str) Logs.value("@\"abc\"")).text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "3</etc/ld.so.cache>; 3; /etc/ld.so.cache",
                "3<pipe:[148282]>; 3; pipe:[148282]",
                "0</dev/null<char 1:3>>; 0; /dev/null<char 1:3>",
                "5<TCP:[127.0.0.1:40000->127.0.0.1:80]>; 5; TCP:[127.0.0.1:40000->127.0.0.1:80]",
                "5<UNIX-STREAM:[1->2,\"/run/>x\"]>; 5; UNIX-STREAM:[1->2,\"/run/>x\"]",
                "4</tmp/a->; 4; /tmp/a-",
                "4</tmp/\\76\\\"x>; 4; /tmp/\\76\\\"x",
                "4<{eventfd-count=0, eventfd-id=5}>; 4; {eventfd-count=0, eventfd-id=5}",
                "-100 /* AT_FDCWD */</opt/a b>; -100; /opt/a b",
                "AT_FDCWD</opt>; -100; /opt"
            })
    void descriptor_keepsWhatItStandsFor(String text, long number, String target) throws Exception {
        Value.Fd fd = assertInstanceOf(Value.Fd.class, Logs.value(text));
        assertEquals(number, fd.value());
        assertEquals(target, fd.target());
    }

    @Test
    void descriptor_ofDeletedFile_saysSo() throws Exception {
        assertEquals(new Value.Fd(3, null, "/tmp/x", true), Logs.value("3</tmp/x>(deleted)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[]; 0",
                "~[]; -1",
                "[9 /* KILL */ 19 /* STOP */]; 262400",
                "~[9 /* KILL */ 19 /* STOP */]; -262401",
                "[KILL STOP]; 262400",
                "~[KILL]; -257",
                "[CHLD]; 65536",
                "[RTMIN RT_1]; 6442450944",
                "[32 /* RTMIN */ 33 /* RT_1 */]; 6442450944"
            })
    void signals_areTheKernelsMask(String text, long mask) throws Exception {
        assertEquals(Long.valueOf(mask), Logs.value(text).sigMask());
    }

    @Test
    void complement_ofNoSignals_isMacro() throws Exception {
        Value.Macro macro = assertInstanceOf(Value.Macro.class, Logs.value("~[0 /* ICMP_ECHOREPLY */ 0x3 /* X */]"));
        assertEquals("~", macro.name());
        assertEquals(2, ((Value.Array) macro.args().getFirst()).elements().size());
    }

    @Test
    void array_ofNumbers_isNoSetOfSignals() throws Exception {
        assertEquals(List.of(3L, 4L), numbers(Logs.value("[3 4]")));
        assertEquals(List.of(3L), numbers(Logs.value("[3</x>]")));
        Value.Array cut = (Value.Array) Logs.value("[1, 2, ...]");
        assertEquals(List.of(1L, 2L), numbers(cut));
        assertTrue(cut.isAbbreviated());
    }

    private static List<Long> numbers(Value array) {
        return ((Value.Array) array).elements().stream().map(Value::number).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]; 768",
                "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]; 9",
                "[{WIFSIGNALED(s) && WTERMSIG(s) == 6 /* SIGABRT */ && WCOREDUMP(s)}]; 134",
                "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]; 4991",
                "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP | 0x80}]; 34175",
                "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP} | 1<<16]; 66943",
                "[{WIFCONTINUED(s)}]; 65535"
            })
    void waitStatus_isTheNumber(String text, long status) throws Exception {
        assertEquals(List.of(status), numbers(Logs.value(text)));
    }

    @Test
    void struct_hasItsFields() throws Exception {
        Value.Struct struct =
                (Value.Struct) Logs.value("{sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0),"
                        + " inet_pton(AF_INET6, \"fe80::1\", &sin6_addr), data=[{a=1}, {a=2, ...}]}");
        assertEquals(10, nonNull(struct.field("sa_family")).number());
        Value.Str address = (Value.Str) nonNull(struct.field("sin6_addr"));
        assertArrayEquals(
                new byte[] {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, address.bytes());
        Value.Array data = (Value.Array) nonNull(struct.field("data"));
        assertTrue(((Value.Struct) data.elements().get(1)).isAbbreviated());
        assertNull(struct.field("nothing"));
    }

    private static Value nonNull(@Nullable Value value) {
        return Objects.requireNonNull(value);
    }

    @Test
    void struct_ofTerminal_isWords() throws Exception {
        Value.Struct struct = (Value.Struct) Logs.value("{B38400 opost isig icanon echo ...}");
        assertEquals(5, struct.fields().size());
        assertTrue(struct.isAbbreviated());
    }

    @Test
    void change_hasBothSides() throws Exception {
        Value.Array array = (Value.Array) Logs.value("[128 => 16]");
        Value.Changed changed = (Value.Changed) array.elements().getFirst();
        assertEquals(128, changed.atEntry().number());
        assertEquals(16, changed.atExit().number());
        Value.Changed structs = (Value.Changed) Logs.value("{flags=0} => {parent_tid=[5]}");
        assertInstanceOf(Value.Struct.class, structs.after());
    }

    @Test
    void macro_withoutNumber_staysMacro() throws Exception {
        Value.Array program =
                (Value.Array) Logs.value("[BPF_STMT(0x20 /* BPF_LD|BPF_W|BPF_ABS */, 0x4), BPF_JUMP(0x15, 1, 0, 2)]");
        Value.Macro jump = (Value.Macro) program.elements().get(1);
        assertEquals("BPF_JUMP", jump.name());
        assertEquals(
                List.of(0x15L, 1L, 0L, 2L),
                jump.args().stream().map(Value::number).toList());
    }

    @Test
    void hardwareAddress_isBytes() throws Exception {
        assertArrayEquals(
                new byte[] {2, 0x42, (byte) 0xac, 0x11, 0, 2}, ((Value.Str) Logs.value("02:42:ac:11:00:02")).bytes());
        assertArrayEquals(new byte[] {(byte) 0xff, (byte) 0xff}, ((Value.Str) Logs.value("ff:ff")).bytes());
    }

    @Test
    void comments_behindValues_areSkipped() throws Exception {
        assertEquals(List.of(1L), numbers(Logs.value("[1] /* bytes 0..7 */")));
        assertEquals(0x7ffdL, Logs.value("0x7ffd /* 20 vars */").number());
    }
}
