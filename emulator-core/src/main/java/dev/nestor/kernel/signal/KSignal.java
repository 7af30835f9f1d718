package dev.nestor.kernel.signal;

/** struct ksignal: a signal on its way to a handler, and the action that takes it. */
public final class KSignal {
    private final SigInfo info = new SigInfo();
    private final SigAction action = new SigAction();

    public SigInfo info() {
        return info;
    }

    public SigAction action() {
        return action;
    }
}
