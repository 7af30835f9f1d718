package dev.nestor.cli.conform;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.nestor.cli.JsonFile;
import dev.nestor.cli.replay.Difference;
import dev.nestor.cli.replay.ReplayReport;
import dev.nestor.cli.replay.Tally;
import dev.nestor.cli.replay.abi.Family;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The results as a JSON file: written log by log beside its place, and put there when all is in it. */
final class JsonReport implements Closeable {

    private final @Nullable JsonFile file;
    private final List<LogResult.Failed> failures = new ArrayList<>();

    private JsonReport(@Nullable JsonFile file) {
        this.file = file;
    }

    /** @param path null when none is wanted */
    static JsonReport open(@Nullable Path path) throws IOException {
        if (path == null) {
            return new JsonReport(null);
        }
        JsonFile file = JsonFile.open(path);
        file.json().writeStartObject();
        file.json().writeArrayFieldStart("logs");
        return new JsonReport(file);
    }

    void log(LogResult.Replayed log) throws IOException {
        if (file == null) {
            return;
        }
        JsonGenerator json = file.json();
        json.writeStartObject();
        json.writeStringField("name", log.name());
        counts(json, log.report());
        json.writeArrayFieldStart("differences");
        for (Difference difference : log.report().differences()) {
            json.writeStartObject();
            json.writeNumberField("line", difference.line());
            json.writeStringField("call", difference.call());
            json.writeStringField("expected", difference.expected());
            json.writeStringField("actual", difference.actual());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    void failed(LogResult.Failed log) {
        failures.add(log);
    }

    void end(ReplayReport total, long badLogs) throws IOException {
        if (file == null) {
            return;
        }
        JsonGenerator json = file.json();
        json.writeEndArray();
        json.writeObjectFieldStart("total");
        counts(json, total);
        json.writeNumberField("skippedLogs", badLogs);
        json.writeEndObject();
        json.writeArrayFieldStart("skipped");
        for (LogResult.Failed failure : failures) {
            json.writeStartObject();
            json.writeStringField("name", failure.name());
            json.writeStringField("message", failure.message());
            json.writeNumberField("exitCode", failure.exitCode());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        file.commit();
    }

    private static void counts(JsonGenerator json, ReplayReport report) throws IOException {
        tally(json, report.total());
        json.writeObjectFieldStart("families");
        for (Family family : Family.values()) {
            json.writeObjectFieldStart(family.label());
            tally(json, report.family(family));
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("signals");
        json.writeNumberField("delivered", report.signals());
        json.writeNumberField("fromOutside", report.signalsFromOutside());
        json.writeNumberField("equal", report.signalsEqual());
        json.writeEndObject();
        json.writeNumberField("skippedLines", report.badLines());
    }

    private static void tally(JsonGenerator json, Tally tally) throws IOException {
        json.writeNumberField("calls", tally.calls());
        json.writeNumberField("computed", tally.computed());
        json.writeNumberField("equal", tally.equal());
    }

    /** Throws away what was not put in its place. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
