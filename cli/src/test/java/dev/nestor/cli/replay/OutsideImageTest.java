package dev.nestor.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.image.FileImage;
import dev.nestor.cli.strace.LogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of an image answer without having been learned; where the log shows others, those are learned. */
class OutsideImageTest {
    private static final String OTHER = "a file that is another in the image";

    @TempDir
    private Path dir;

    private FileImage image = FileImage.NONE;

    @BeforeEach
    void makeImage() throws IOException, LogException {
        Path file = dir.resolve("image");
        Files.writeString(file, """
                {"path":"/lib64","mode":"120777","target":"usr/lib64"}
                {"path":"/usr","mode":"40755"}
                {"path":"/usr/lib64","mode":"40755"}
                {"path":"/usr/lib64/libx.so","mode":"100755","uid":7,"gid":8,"size":5000,"head":"f0VMRg=="}
                {"path":"/usr/lib64/libx","mode":"120777","target":"libx.so"}
                """);
        image = FileImage.open(file);
    }

    private ReplayReport replay(String... calls) {
        return Replays.of(Replays.oneTask(calls), image);
    }

    private static void assertComputed(ReplayReport report, Map<String, Long> taken) {
        assertThat(report.differences()).isEmpty();
        assertThat(report.taken()).isEqualTo(taken);
        long all = taken.values().stream().mapToLong(Long::longValue).sum();
        assertThat(report.total().equal()).isEqualTo(report.total().calls() - all);
    }

    @Test
    void attributesAndBytes_areComputed() {
        assertComputed(
                replay(
                        "openat(AT_FDCWD, \"/lib64/libx.so\", O_RDONLY) = 3</usr/lib64/libx.so>",
                        "fstat(3, {st_mode=S_IFREG|0755, st_nlink=1, st_uid=7, st_gid=8, st_blksize=4096, st_blocks=16,"
                                + " st_size=5000}) = 0",
                        "read(3, \"\\177ELF\", 4) = 4",
                        "readlink(\"/usr/lib64/libx\", \"libx.so\", 100) = 7",
                        "stat(\"/usr/lib64/libx\", {st_mode=S_IFREG|0755, st_size=5000, ...}) = 0"),
                Map.of());
    }

    @Test
    void mode_isChecked() {
        ReplayReport report = replay("setuid(1000) = 0", "openat(AT_FDCWD, \"/lib64/libx.so\", O_RDWR) = 3");
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).actual()).isEqualTo("EACCES");
    }

    @Test
    void otherFile_isLearnedAndThenComputed() {
        assertComputed(
                replay(
                        "openat(AT_FDCWD, \"/usr/lib64/libx.so\", O_RDONLY) = 3",
                        "fstat(3, {st_mode=S_IFREG|0644, st_uid=0, st_gid=0, st_size=4, ...}) = 0",
                        "fstat(3, {st_mode=S_IFREG|0644, st_uid=0, st_gid=0, st_size=4, ...}) = 0",
                        "read(3, \"text\", 100) = 4",
                        "pread64(3, \"ex\", 2, 1) = 2"),
                Map.of(OTHER, 2L));
    }

    @Test
    void otherFile_thatTheRunHasChanged_isADifference() {
        ReplayReport report = replay(
                "stat(\"/usr/lib64/libx.so\", {st_mode=S_IFREG|0755, st_uid=7, st_gid=8, st_size=4, ...}) = 0",
                "chmod(\"/usr/lib64/libx.so\", 0600) = 0",
                "stat(\"/usr/lib64/libx.so\", {st_mode=S_IFREG|0755, st_uid=7, st_gid=8, st_size=4, ...}) = 0");
        assertThat(report.taken()).isEqualTo(Map.of(OTHER, 1L));
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).line()).isEqualTo(3);
    }

    @Test
    void fileThatTheMachineHasNot_isForgotten() {
        assertComputed(
                replay(
                        "openat(AT_FDCWD, \"/usr/lib64/libx.so\", O_RDONLY) = -1 ENOENT (No such file or directory)",
                        "openat(AT_FDCWD, \"/usr/lib64/libx.so\", O_RDONLY) = -1 ENOENT (No such file or directory)",
                        "openat(AT_FDCWD, \"/usr/lib64\", O_RDONLY|O_DIRECTORY) = 3"),
                Map.of(OTHER, 1L));
    }

    @Test
    void removedFile_doesNotComeBack() {
        ReplayReport report = replay("unlink(\"/usr/lib64/libx.so\") = 0", "access(\"/usr/lib64/libx.so\", F_OK) = 0");
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).actual()).isEqualTo("ENOENT");
    }

    @Test
    void directoryOfTheRun_hasNothingOfTheImage() {
        ReplayReport report = replay(
                "rename(\"/usr\", \"/old\") = 0",
                "mkdir(\"/usr\", 0755) = 0",
                "mkdir(\"/usr/lib64\", 0755) = 0",
                "openat(AT_FDCWD, \"/usr/lib64/libx.so\", O_RDONLY) = 3");
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).actual()).isEqualTo("ENOENT");
    }
}
