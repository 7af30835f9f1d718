package dev.nestor.machine;

import dev.nestor.table.HotPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What work costs on one machine: a price for each unit of {@link Work}, read from a file that says which machine. */
public final class CostModel {
    /** Prices fitted to the machine of the reference kernel. */
    public static final String LINUX_6_18 = "costs-linux-6.18.csv";

    private static final int FRACTION_BITS = 10;
    private static final String IDLE_EXIT = "IDLE_EXIT ";
    private static final String HEADER = "unit,cycles,source";

    private final String name;
    private final long[] prices = new long[Work.UNITS]; // 1/1024 cycles, by unit
    private long[] idleFor = new long[0]; // cycles of idleness, rising
    private long[] idleExit = new long[0]; // cycles to leave it then

    private CostModel(String name) {
        this.name = name;
        Arrays.fill(prices, -1);
    }

    /** The model that comes with the emulator. */
    public static CostModel standard() {
        return resource(LINUX_6_18);
    }

    /** A model among the resources of this package. */
    public static CostModel resource(String name) {
        try (InputStream in = CostModel.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no cost model " + name);
            }
            return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a model: lines {@code unit,cycles,source}, with {@code #} before a remark. Every unit must be priced once.
     *
     * @param name for messages and reports
     */
    public static CostModel read(BufferedReader lines, String name) throws IOException {
        CostModel model = new CostModel(name);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#") && !line.equals(HEADER)) {
                model.take(line, name + ":" + number);
            }
        }
        for (Field field : Work.class.getFields()) {
            if (isUnit(field) && model.prices[valueOf(field)] < 0) {
                throw new IllegalArgumentException(name + ": no price for " + field.getName());
            }
        }
        if (model.idleFor.length == 0) {
            throw new IllegalArgumentException(name + ": no " + IDLE_EXIT);
        }
        return model;
    }

    /** Which model it is: of the file that it was read from. */
    public String name() {
        return name;
    }

    /** What all of the work costs, in whole cycles. */
    @HotPath
    public long cycles(Work work) {
        long sum = 0;
        for (int unit = work.next(0); unit < Work.UNITS; unit = work.next(unit + 1)) {
            sum += work.count(unit) * prices[unit];
        }
        return sum >> FRACTION_BITS;
    }

    /** What one of a unit costs. */
    @HotPath
    public long cycles(int unit) {
        return prices[unit] >> FRACTION_BITS;
    }

    /** What it costs a CPU to leave idleness after so many cycles of it. */
    @HotPath
    public long idleExitCycles(long idleCycles) {
        int last = idleFor.length - 1;
        int at = 0;
        while (at < last && idleFor[at + 1] <= idleCycles) {
            at++;
        }
        if (at == last) {
            return idleExit[last];
        }
        long into = Math.max(idleCycles - idleFor[at], 0);
        return idleExit[at] + (idleExit[at + 1] - idleExit[at]) * into / (idleFor[at + 1] - idleFor[at]);
    }

    private void take(String line, String where) {
        int first = line.indexOf(',');
        int second = line.indexOf(',', first + 1);
        if (first < 0 || second < 0) {
            throw new IllegalArgumentException(where + ": not " + HEADER + ": " + line);
        }
        String unit = line.substring(0, first);
        BigDecimal cycles = new BigDecimal(line.substring(first + 1, second).trim());
        if (cycles.signum() < 0) {
            throw new IllegalArgumentException(where + ": a negative price");
        }
        if (unit.startsWith(IDLE_EXIT)) {
            takeIdleExit(Long.parseLong(unit.substring(IDLE_EXIT.length()).trim()), cycles.longValue(), where);
            return;
        }
        int index = unitNamed(unit, where);
        if (prices[index] >= 0) {
            throw new IllegalArgumentException(where + ": a second price for " + unit);
        }
        prices[index] = cycles.multiply(BigDecimal.valueOf(1L << FRACTION_BITS))
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact();
    }

    private void takeIdleExit(long idleCycles, long exitCycles, String where) {
        int rows = idleFor.length;
        if (rows > 0 && idleFor[rows - 1] >= idleCycles) {
            throw new IllegalArgumentException(where + ": " + IDLE_EXIT + "must rise");
        }
        idleFor = Arrays.copyOf(idleFor, rows + 1);
        idleExit = Arrays.copyOf(idleExit, rows + 1);
        idleFor[rows] = idleCycles;
        idleExit[rows] = exitCycles;
    }

    private static int unitNamed(String name, String where) {
        try {
            Field field = Work.class.getField(name);
            if (isUnit(field)) {
                return valueOf(field);
            }
        } catch (NoSuchFieldException e) {
            throw new IllegalArgumentException(where + ": no unit " + name, e);
        }
        throw new IllegalArgumentException(where + ": no unit " + name);
    }

    private static boolean isUnit(Field field) {
        return field.getType() == int.class
                && Modifier.isStatic(field.getModifiers())
                && !field.getName().equals("UNITS");
    }

    private static int valueOf(Field field) {
        try {
            return field.getInt(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
