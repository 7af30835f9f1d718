package dev.nestor.fs.proc;

import dev.nestor.fs.NameTable;
import dev.nestor.fs.Numbers;
import java.util.Arrays;

/** Text being written: seq_file. Grows as needed, and is used again and again. */
public final class SeqFile {
    private byte[] text = new byte[8192];
    private int length;

    public void clear() {
        length = 0;
    }

    public int length() {
        return length;
    }

    public byte[] bytes() {
        return text;
    }

    private void reserve(int more) {
        if (length + more > text.length) {
            text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
        }
    }

    /** seq_puts() of ASCII. */
    public SeqFile put(String ascii) {
        reserve(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            text[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** seq_putc(). */
    public SeqFile put(char c) {
        reserve(1);
        text[length++] = (byte) c;
        return this;
    }

    public SeqFile put(byte[] from, int offset, int count) {
        reserve(count);
        System.arraycopy(from, offset, text, length, count);
        length += count;
        return this;
    }

    /** %llu. */
    public SeqFile unsigned(long number) {
        reserve(20);
        length = Numbers.putDecimal(text, length, number);
        return this;
    }

    /** %lld. */
    public SeqFile decimal(long number) {
        if (number < 0) {
            put('-');
        }
        return unsigned(Math.abs(number));
    }

    /** Right-aligned in a field: %*lld. */
    public SeqFile decimal(long number, int width) {
        int start = length;
        decimal(number);
        alignRight(start, width);
        return this;
    }

    /** Right-aligned in a field: %*llu. */
    public SeqFile unsigned(long number, int width) {
        int start = length;
        unsigned(number);
        alignRight(start, width);
        return this;
    }

    /** Right-aligned in a field: %*s of what {@code start} began. */
    public SeqFile alignFrom(int start, int width) {
        alignRight(start, width);
        return this;
    }

    private void alignRight(int start, int width) {
        int pad = width - (length - start);
        if (pad > 0) {
            reserve(pad);
            System.arraycopy(text, start, text, start + pad, length - start);
            Arrays.fill(text, start, start + pad, (byte) ' ');
            length += pad;
        }
    }

    /** Left-aligned in a field: %-*s of what {@code start} began. */
    public SeqFile padTo(int start, int width) {
        while (length - start < width) {
            put(' ');
        }
        return this;
    }

    /** Where the next byte goes, for padTo. */
    public int mark() {
        return length;
    }

    /** %0*llx. */
    public SeqFile hex(long number, int digits) {
        reserve(digits);
        for (int i = digits - 1; i >= 0; i--) {
            text[length++] = (byte) Character.forDigit((int) (number >>> (4 * i)) & 15, 16);
        }
        return this;
    }

    /** %0*o. */
    public SeqFile octal(long number, int digits) {
        int needed = digits;
        while (needed < 22 && number >>> (3 * needed) != 0) {
            needed++;
        }
        reserve(needed);
        for (int i = needed - 1; i >= 0; i--) {
            text[length++] = (byte) ('0' + (int) (number >>> (3 * i) & 7));
        }
        return this;
    }

    /** seq_path() and mangle(): space, tab, newline and backslash become octal. */
    public SeqFile mangled(byte[] from, int count) {
        for (int i = 0; i < count; i++) {
            int c = from[i] & 0xff;
            if (c == ' ' || c == '\t' || c == '\n' || c == '\\' || c == '#') {
                mangle(c, c == '#');
            } else {
                put((char) c);
            }
        }
        return this;
    }

    private void mangle(int c, boolean keep) {
        if (keep) {
            put((char) c);
        } else {
            put('\\').octal(c, 3);
        }
    }

    public SeqFile name(NameTable names, int name) {
        reserve(names.length(name));
        length += names.copy(name, text, length);
        return this;
    }
}
