package dev.nestor.cli.rtapp;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.nestor.cli.JsonFile;
import java.io.IOException;
import java.util.List;

/** A workload's report as JSON. */
public final class WorkloadJson {
    private WorkloadJson() {}

    /** Writes all of it and puts the file in its place. */
    public static void write(JsonFile file, WorkloadReport report, long wallNs) throws IOException {
        JsonGenerator out = file.json();
        out.writeStartObject();
        out.writeStringField("workload", report.file());
        out.writeNumberField("cpus", report.config().topology().cpus());
        out.writeNumberField("tscHz", report.config().tscHz());
        out.writeNumberField("hz", report.config().hz());
        out.writeNumberField("cycles", report.cycles());
        out.writeNumberField("events", report.events());
        out.writeNumberField("wallNs", wallNs);
        out.writeArrayFieldStart("tasks");
        for (WorkloadReport.Task task : report.tasks()) {
            out.writeStartObject();
            out.writeNumberField("pid", task.pid());
            out.writeStringField("command", task.command());
            out.writeNumberField("userCycles", task.user());
            out.writeNumberField("kernelCycles", task.kernel());
            out.writeNumberField("queuedCycles", task.queued());
            out.writeNumberField("runs", task.runs());
            out.writeNumberField("voluntarySwitches", task.voluntary());
            out.writeNumberField("involuntarySwitches", task.involuntary());
            out.writeNumberField("migrations", task.migrations());
            out.writeEndObject();
        }
        out.writeEndArray();
        list(out, "refused", report.complaints());
        list(out, "notHonoured", report.ignored());
        if (!report.stopped().isEmpty()) {
            out.writeStringField("schedulerStopped", report.stopped());
        }
        out.writeStringField("digest", report.digest());
        out.writeEndObject();
        file.commit();
    }

    private static void list(JsonGenerator out, String key, List<String> lines) throws IOException {
        out.writeArrayFieldStart(key);
        for (String line : lines) {
            out.writeString(line);
        }
        out.writeEndArray();
    }
}
