package dev.nestor.cli.conform;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.nestor.cli.replay.Difference;
import dev.nestor.cli.replay.ReplayReport;
import dev.nestor.cli.replay.Tally;
import dev.nestor.cli.replay.abi.Family;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The results as a JSON file: written log by log beside its place, and put there when all is in it. */
final class JsonReport implements Closeable {

    private record Target(Path file, Path draft, JsonGenerator json) {}

    private final @Nullable Target target;
    private final List<LogResult.Failed> failures = new ArrayList<>();

    private JsonReport(@Nullable Target target) {
        this.target = target;
    }

    /** @param file null when none is wanted */
    static JsonReport open(@Nullable Path file) throws IOException {
        if (file == null) {
            return new JsonReport(null);
        }
        Path draft = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(draft), JsonEncoding.UTF8);
        json.setPrettyPrinter(new DefaultPrettyPrinter().withArrayIndenter(new DefaultIndenter("  ", "\n")));
        json.writeStartObject();
        json.writeArrayFieldStart("logs");
        return new JsonReport(new Target(file, draft, json));
    }

    void log(LogResult.Replayed log) throws IOException {
        if (target == null) {
            return;
        }
        JsonGenerator json = target.json;
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
        if (target == null) {
            return;
        }
        JsonGenerator json = target.json;
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
        json.close();
        Files.move(target.draft, target.file, StandardCopyOption.REPLACE_EXISTING);
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
        if (target != null) {
            target.json.close();
            Files.deleteIfExists(target.draft);
        }
    }
}
