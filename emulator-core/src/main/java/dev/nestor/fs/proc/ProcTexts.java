package dev.nestor.fs.proc;

/** Puts the texts of this room into the registry. */
public final class ProcTexts {
    private ProcTexts() {}

    public static void register(ProcFiles files, ProcContext context, ProcFs proc) {
        PtraceAccess access = proc.access();
        ProcStatus status = new ProcStatus(context);
        ProcStat stat = new ProcStat(context, access);
        ProcMounts mounts = new ProcMounts(context);
        ProcBasics basics = new ProcBasics(context, access);
        files.process("status", 0444, status::show, null);
        files.process("stat", 0444, stat::show, null);
        files.process("statm", 0444, stat::showStatm, null);
        files.processRecords("mounts", 0444, mounts::showMounts, null);
        files.processRecords("mountinfo", 0444, mounts::showMountinfo, null);
        files.processRecords("mountstats", 0400, mounts::showMountstats, null);
        files.process("comm", 0644, basics::comm, basics::writeComm);
        files.processSimple("cmdline", 0444, basics::cmdline, null);
        files.processSimple("environ", 0400, basics::environ, null);
        files.processSimple("oom_score_adj", 0644, basics::oomScoreAdj, basics::writeOomScoreAdj);
        files.processSimple("autogroup", 0644, basics::autogroup, basics::writeAutogroup);
        files.process("limits", 0444, basics::limits, null);
        files.processSimple("loginuid", 0644, basics::loginuid, null);
        files.processSimple("sessionid", 0444, basics::loginuid, null);
        files.process("personality", 0400, basics::personality, null);
        files.process("timerslack_ns", 0666, basics::timerslack, null);
        files.process("wchan", 0444, basics::wchan, null);
        files.processSimple("coredump_filter", 0644, basics::coredumpFilter, basics::writeCoredumpFilter);
        files.global("filesystems", 0444, basics::filesystems);
        files.thread("children", 0444, basics::children);
        files.fdInfo(basics::fdinfo);
    }
}
