package dev.nestor.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A JSON file: written beside its place, and put there when all is in it. */
public final class JsonFile implements Closeable {
    private final Draft draft;
    private final JsonGenerator json;

    private JsonFile(Draft draft, JsonGenerator json) {
        this.draft = draft;
        this.json = json;
    }

    public static JsonFile open(Path file) throws IOException {
        Draft draft = Draft.open(file);
        JsonGenerator json = new JsonFactory().createGenerator(draft.out(), JsonEncoding.UTF8);
        json.setPrettyPrinter(new DefaultPrettyPrinter().withArrayIndenter(new DefaultIndenter("  ", "\n")));
        return new JsonFile(draft, json);
    }

    /** Where to write to. */
    public JsonGenerator json() {
        return json;
    }

    /** Puts the file in its place. */
    public void commit() throws IOException {
        json.close();
        draft.commit();
    }

    /** Throws away what was not put in its place. */
    @Override
    public void close() throws IOException {
        json.close();
        draft.close();
    }
}
