package dev.nestor.fs.proc;

/** What an entry of /proc says. */
@FunctionalInterface
public interface ProcShow {
    /** Writes the text; 0, or a negative errno (-EOUTSIDE where it is not known). */
    int show(ProcRequest request, SeqFile out);
}
