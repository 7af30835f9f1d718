package dev.nestor.cli.run;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.nestor.cli.JsonFile;
import dev.nestor.cli.run.CallAccount.Source;
import dev.nestor.machine.Topology;
import java.io.IOException;
import java.util.Map;

/** A run's report as JSON: docs/run-json.md says what each key means. */
final class RunJson {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final JsonGenerator json;
    private final RunReport report;

    private RunJson(JsonGenerator json, RunReport report) {
        this.json = json;
        this.report = report;
    }

    /** @param wallNs how long the run took */
    static void write(JsonFile file, RunReport report, long wallNs) throws IOException {
        new RunJson(file.json(), report).write(wallNs);
        file.commit();
    }

    private void write(long wallNs) throws IOException {
        json.writeStartObject();
        json.writeStringField("log", report.log());
        json.writeStringField("order", report.isScheduled() ? "scheduled" : "recorded");
        machine();
        json.writeObjectFieldStart("time");
        json.writeNumberField("cycles", report.totals().cycles());
        json.writeNumberField("ns", ns(report.totals().cycles()));
        json.writeNumberField("events", report.totals().events());
        json.writeNumberField("wallNs", wallNs);
        json.writeEndObject();
        calls();
        tasks();
        cpus();
        json.writeFieldName("pidNamespaces");
        namespace(report.pidNamespaces());
        json.writeNumberField("skippedLines", report.totals().badLines());
        json.writeNumberField("missingTasks", report.totals().neverBegan());
        if (!report.stopped().isEmpty()) {
            json.writeStringField("schedulerStopped", report.stopped());
        }
        json.writeStringField("digest", report.digest());
        json.writeEndObject();
    }

    private long ns(long cycles) {
        long hz = report.config().tscHz();
        return cycles / hz * NS_PER_SECOND + Math.round((double) (cycles % hz) * NS_PER_SECOND / hz);
    }

    private void machine() throws IOException {
        json.writeObjectFieldStart("machine");
        if (report.isScheduled()) {
            Topology of = report.config().topology();
            json.writeNumberField("cpus", of.cpus());
            json.writeNumberField("sockets", of.sockets());
            json.writeNumberField("lastLevelCaches", of.llcs());
            json.writeNumberField("cores", of.cores());
            json.writeNumberField("threadsPerCore", of.threadsPerCore());
            json.writeNumberField("hz", report.config().hz());
        }
        json.writeNumberField("tscHz", report.config().tscHz());
        json.writeStringField("costModel", report.config().costs().name());
        json.writeNumberField("seed", report.config().seed());
        json.writeStringField("kernel", report.config().release());
        json.writeEndObject();
    }

    private void calls() throws IOException {
        CallAccounts calls = report.calls();
        json.writeObjectFieldStart("calls");
        json.writeNumberField("inLog", report.totals().logCalls());
        json.writeNumberField("computed", calls.count(Source.COMPUTED));
        if (!report.isScheduled()) {
            json.writeNumberField("equal", report.equal());
        }
        json.writeNumberField("taken", calls.count(Source.TAKEN));
        json.writeNumberField("forced", calls.count(Source.FORCED));
        json.writeObjectFieldStart("takenBecause");
        for (Map.Entry<String, Long> reason : calls.reasons().entrySet()) {
            json.writeNumberField(reason.getKey(), reason.getValue());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("byName");
        for (CallAccount call : calls.all()) {
            json.writeObjectFieldStart(call.name());
            json.writeNumberField("count", call.count());
            json.writeNumberField("computed", call.count(Source.COMPUTED));
            json.writeNumberField("taken", call.count(Source.TAKEN));
            json.writeNumberField("forced", call.count(Source.FORCED));
            json.writeNumberField("errors", call.errors());
            if (report.isScheduled()) {
                json.writeNumberField("cycles", call.total());
                json.writeNumberField("p50Cycles", call.percentile(50));
                json.writeNumberField("p99Cycles", call.percentile(99));
            }
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void tasks() throws IOException {
        json.writeArrayFieldStart("tasks");
        for (TaskAccount task : report.tasks()) {
            json.writeStartObject();
            numbers("numbers", task.numbers());
            json.writeStringField("command", task.command());
            json.writeBooleanField("alive", task.isAlive());
            json.writeNumberField("calls", task.calls());
            json.writeNumberField("startCycles", task.start());
            json.writeNumberField("endCycles", task.end());
            if (report.isScheduled()) {
                scheduling(task);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void scheduling(TaskAccount task) throws IOException {
        json.writeNumberField("userCycles", task.user());
        json.writeNumberField("kernelCycles", task.kernel());
        json.writeNumberField("queuedCycles", task.runDelay());
        json.writeNumberField("blockedCycles", task.blocked());
        json.writeNumberField("voluntarySwitches", task.voluntary());
        json.writeNumberField("involuntarySwitches", task.involuntary());
        json.writeNumberField("migrations", task.migrations());
    }

    private void numbers(String key, int[] numbers) throws IOException {
        json.writeFieldName(key);
        json.writeArray(numbers, 0, numbers.length);
    }

    private void cpus() throws IOException {
        if (!report.isScheduled()) {
            return;
        }
        json.writeArrayFieldStart("cpus");
        for (RunReport.Cpu cpu : report.cpus()) {
            json.writeStartObject();
            json.writeNumberField("busyCycles", cpu.busyCycles());
            json.writeNumberField("switches", cpu.switches());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void namespace(PidTree.Node node) throws IOException {
        json.writeStartObject();
        json.writeNumberField("inode", node.inode());
        json.writeNumberField("level", node.level());
        json.writeArrayFieldStart("tasks");
        for (TaskAccount task : node.members()) {
            json.writeArray(task.numbers(), 0, task.numbers().length);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("children");
        for (PidTree.Node child : node.children()) {
            namespace(child);
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
