package dev.nestor.cli.plugin;

/** A scheduler that can't be loaded: the message says which and why. */
public final class PlugInException extends Exception {
    private static final long serialVersionUID = 1;

    PlugInException(String message) {
        super(message);
    }
}
