package dev.nestor.security.keys;

import java.nio.charset.StandardCharsets;

/** What a key is called: at most 4095 bytes, kept in one place that is used again. */
public final class KeyDescription {
    public final byte[] bytes = new byte[4096];
    public int length;

    /** Takes over a name of ASCII characters. */
    KeyDescription set(String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, bytes, 0, ascii.length);
        length = ascii.length;
        return this;
    }
}
