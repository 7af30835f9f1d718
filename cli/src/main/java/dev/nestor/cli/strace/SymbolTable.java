package dev.nestor.cli.strace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of the constants of the headers by their names, for logs that give no numbers. */
final class SymbolTable {

    private final Map<String, Long> values = new HashMap<>();

    /** Names that mean another number in one call, as {@code call:NAME}. */
    private final Map<String, Long> valuesInCall = new HashMap<>();

    private SymbolTable() {}

    static SymbolTable load() {
        SymbolTable table = new SymbolTable();
        try (InputStream in = SymbolTable.class.getResourceAsStream("symbols.csv")) {
            if (in == null) {
                throw new IllegalStateException("symbols.csv is missing from " + SymbolTable.class.getPackageName());
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String row = reader.readLine(); row != null; row = reader.readLine()) {
                table.add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    /** {@code name,value} or {@code name,value,call}. */
    private void add(String row) {
        if (row.isEmpty() || row.startsWith("#")) {
            return;
        }
        String[] cells = row.split(",", -1);
        long value = Long.decode(cells[1]);
        if (cells.length > 2) {
            valuesInCall.put(cells[2] + ":" + cells[0], value);
        } else {
            values.put(cells[0], value);
        }
    }

    @Nullable
    Long find(String call, String name) {
        Long special = valuesInCall.isEmpty() ? null : valuesInCall.get(call + ":" + name);
        if (special != null) {
            return special;
        }
        Long value = values.get(name);
        if (value == null) {
            int signal = SignalNames.full(name);
            return signal > 0 ? Long.valueOf(signal) : null;
        }
        return value;
    }
}
