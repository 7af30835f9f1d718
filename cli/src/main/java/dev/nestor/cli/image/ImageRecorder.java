package dev.nestor.cli.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.nestor.cli.Draft;
import dev.nestor.uapi.Stat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/** Records the files of this machine. In the image they stand in the order of their paths, so that it can be repeated. */
final class ImageRecorder {
    private final Path root;
    private final int head; // bytes of a file that are kept
    private final List<Path> except;

    /** Each file's path within root, and its line. */
    private final NavigableMap<String, Map<String, Object>> files = new TreeMap<>();

    ImageRecorder(Path root, int head, List<Path> except) {
        this.root = root;
        this.head = head;
        this.except = except;
    }

    int size() {
        return files.size();
    }

    /** A file, or a directory with all that is in it; and the directories above. */
    void add(Path path) throws IOException {
        Path inside = Path.of("/").resolve(path).normalize();
        for (Path above = inside.getParent(); above != null && above.getNameCount() > 0; above = above.getParent()) {
            record(above);
        }
        Files.walkFileTree(onHost(inside), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Path within = inside(dir);
                if (except.contains(within)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                record(within);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path within = inside(file);
                if (!except.contains(within)) {
                    record(within);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Path onHost(Path inside) {
        return root.resolve(Path.of("/").relativize(inside));
    }

    private Path inside(Path onHost) {
        return Path.of("/").resolve(root.relativize(onHost));
    }

    private void record(Path inside) throws IOException {
        if (inside.getNameCount() == 0) {
            return;
        }
        Path file = onHost(inside);
        Map<String, Object> unix =
                Files.readAttributes(file, "unix:mode,uid,gid,nlink,size", LinkOption.NOFOLLOW_LINKS);
        int mode = number(unix, "mode");
        Map<String, Object> line = new TreeMap<>(unix);
        line.put("mode", Integer.toOctalString(mode));
        switch (mode & Stat.S_IFMT) {
            case Stat.S_IFLNK -> {
                line.put("target", Files.readSymbolicLink(file).toString());
                line.remove("size");
            }
            case Stat.S_IFREG -> line.put("head", head(file));
            default -> line.remove("size");
        }
        if (number(unix, "nlink") == 1 || (mode & Stat.S_IFMT) == Stat.S_IFDIR) {
            line.remove("nlink");
        }
        files.put(inside.toString(), line);
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer number ? number : 0;
    }

    private String head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Base64.getEncoder().encodeToString(in.readNBytes(head));
        }
    }

    /** Writes the image: all of it, or nothing. */
    void write(Path image) throws IOException {
        try (Draft draft = Draft.open(image)) {
            try (JsonGenerator json = new JsonFactory()
                    .createGenerator(new GZIPOutputStream(draft.out()))
                    .setPrettyPrinter(new MinimalPrettyPrinter("\n"))) {
                for (Map.Entry<String, Map<String, Object>> file : files.entrySet()) {
                    json.writeStartObject();
                    json.writeStringField("path", file.getKey());
                    for (Map.Entry<String, Object> field : file.getValue().entrySet()) {
                        json.writeObjectField(field.getKey(), field.getValue());
                    }
                    json.writeEndObject();
                }
                json.writeRaw('\n');
            }
            draft.commit();
        }
    }
}
