package dev.nestor.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A JSON file: written beside its place, and put there when all is in it. */
public final class JsonFile implements Closeable {
    private final Path file;
    private final Path draft;
    private final JsonGenerator json;

    private JsonFile(Path file, Path draft, JsonGenerator json) {
        this.file = file;
        this.draft = draft;
        this.json = json;
    }

    public static JsonFile open(Path file) throws IOException {
        Path draft = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(draft), JsonEncoding.UTF8);
        json.setPrettyPrinter(new DefaultPrettyPrinter().withArrayIndenter(new DefaultIndenter("  ", "\n")));
        return new JsonFile(file, draft, json);
    }

    /** Where to write to. */
    public JsonGenerator json() {
        return json;
    }

    /** Puts the file in its place. */
    public void commit() throws IOException {
        json.close();
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Throws away what was not put in its place. */
    @Override
    public void close() throws IOException {
        json.close();
        Files.deleteIfExists(draft);
    }
}
