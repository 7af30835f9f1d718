package dev.nestor.property.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.sched.WastedCores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds of our scheduler whatever runs, {@link WorkConservation}, finds each of the four bugs when it is put in. With
 * {@code -Dpictures} the heat maps of docs/wasted-cores.md are drawn anew.
 */
class WastedCoresTest {
    private static final Path PICTURES = Path.of("../docs/wasted-cores");

    @ParameterizedTest
    @MethodSource("dev.nestor.kernel.sched.WastedCores#names")
    void bug_isFound_andItsWorkloadRunsWithoutIt(String bug) throws IOException {
        String mended = WastedCoresRun.run(bug);
        String broken = WastedCores.broken(bug);
        assertThat(mended.lines().findFirst()).hasValue("holds");
        assertThat(broken.lines().findFirst().orElseThrow()).contains("has been idle for");
        if (System.getProperty("pictures") != null) {
            Files.createDirectories(PICTURES);
            Files.writeString(PICTURES.resolve(bug + ".svg"), HeatMapSvg.of(broken, mended));
        }
    }
}
