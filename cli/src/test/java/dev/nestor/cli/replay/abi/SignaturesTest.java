package dev.nestor.cli.replay.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Nr;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignaturesTest {

    private final Signatures signatures = Machine.SIGNATURES;

    @Test
    void everyNumber_hasItsNameAndSignature() throws IllegalAccessException {
        List<String> missing = new ArrayList<>();
        int count = 0;
        for (Field field : Nr.class.getFields()) {
            String name = field.getName().substring(3);
            int nr = field.getInt(null);
            count++;
            if (!name.equals(signatures.name(nr)) || signatures.nr(name) != nr) {
                missing.add(name);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(380);
    }

    @Test
    void families_areThoseOfReports() {
        assertThat(signatures.family(Nr.NR_clone3)).isEqualTo(Family.PROCESS);
        assertThat(signatures.family(Nr.NR_setns)).isEqualTo(Family.NAMESPACE);
        assertThat(signatures.family(Nr.NR_uname)).isEqualTo(Family.UTS);
        assertThat(signatures.family(Nr.NR_semtimedop)).isEqualTo(Family.IPC);
        assertThat(signatures.family(Nr.NR_pivot_root)).isEqualTo(Family.MOUNT);
        assertThat(signatures.family(Nr.NR_connect)).isEqualTo(Family.NET);
        assertThat(signatures.family(Nr.NR_capset)).isEqualTo(Family.USER);
        assertThat(signatures.family(Nr.NR_nanosleep)).isEqualTo(Family.TIME);
        assertThat(signatures.family(Nr.NR_openat)).isEqualTo(Family.FILE);
        assertThat(signatures.family(Nr.NR_brk)).isEqualTo(Family.MEMORY);
        assertThat(signatures.family(9999)).isEqualTo(Family.OTHER);
    }

    @Test
    void variant_isChosenByTheRequest() throws Exception {
        Signature lock = signatures.of(
                Machine.call("fcntl(3, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}) = 0"));
        assertThat(lock.kind(2)).isEqualTo(Kind.IN);
        assertThat(signatures.of(Machine.call("fcntl(3, F_GETFD) = 0")).kind(2)).isEqualTo(Kind.ANY);
        Signature cookie = signatures.of(
                Machine.call("getsockopt(3, SOL_SOCKET, SO_COOKIE, \"\\1\\2\\3\\4\\5\\6\\7\\10\", [8]) = 0"));
        assertThat(cookie.argName(3)).isEqualTo("optval");
    }
}
