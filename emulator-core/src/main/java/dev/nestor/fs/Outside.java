package dev.nestor.fs;

/** The world outside the emulator. */
public final class Outside {
    /**
     * The result depends on something that is not known here. Like the restart codes it never reaches a program: a driver
     * that knows the answer supplies it, or else the program gets EIO.
     */
    public static final int EOUTSIDE = 600;

    /** Stands for a byte that is not known. */
    public static final byte UNKNOWN_BYTE = (byte) 0xFE;

    private Outside() {}
}
