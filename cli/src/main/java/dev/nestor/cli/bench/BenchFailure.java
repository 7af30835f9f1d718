package dev.nestor.cli.bench;

/** A call that a benchmark can't do without was refused, as it would have been by the kernel. */
final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchFailure(String message) {
        super(message);
    }
}
