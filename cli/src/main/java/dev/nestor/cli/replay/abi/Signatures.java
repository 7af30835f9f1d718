package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.uapi.Nr;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of each system call: its name, what it is about, and of what kinds its arguments are. */
public final class Signatures {

    private static final int SIZE = 512;
    private static final String PREFIX = "NR_";

    private final Map<String, Integer> numbers = new HashMap<>();
    private final @Nullable Signature[] signatures = new @Nullable Signature[SIZE];
    private final Family[] families = new Family[SIZE];
    private final Signature unknown;

    private Signatures() {
        Parameter[] parameters = new Parameter[6];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = new Parameter("arg" + (i + 1), Kind.ANY, null, 0, 0);
        }
        unknown = new Signature("", parameters, ResultRule.EXACT, false, new int[0]);
        Arrays.fill(families, Family.OTHER);
        addNumbers();
    }

    public static Signatures load() {
        Signatures signatures = new Signatures();
        signatures.add(Resource.lines("signatures.txt"), new SignatureParser(Types.load()));
        return signatures;
    }

    private void addNumbers() {
        for (Field field : Nr.class.getFields()) {
            if (field.getName().startsWith(PREFIX) && Modifier.isStatic(field.getModifiers())) {
                try {
                    numbers.put(field.getName().substring(PREFIX.length()), field.getInt(null));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void add(List<String> lines, SignatureParser parser) {
        Family family = Family.OTHER;
        List<String> call = new ArrayList<>();
        for (String line : lines) {
            if (!line.startsWith(" ")) {
                add(call, family, parser);
                call.clear();
            }
            if (line.startsWith("[")) {
                family = Family.valueOf(line.substring(1, line.length() - 1).toUpperCase(Locale.ROOT));
            } else {
                call.add(line);
            }
        }
        add(call, family, parser);
    }

    private void add(List<String> call, Family family, SignatureParser parser) {
        if (call.isEmpty()) {
            return;
        }
        Signature signature = parser.parse(call);
        Integer nr = numbers.get(signature.name());
        if (nr == null || signatures[nr] != null) {
            throw new IllegalArgumentException(signature.name() + (nr == null ? " is no call" : " is there twice"));
        }
        signatures[nr] = signature;
        families[nr] = family;
    }

    /** The number of a call on x86-64, or -1: what {@link dev.nestor.cli.strace.RecordParser} asks for. */
    public int nr(String name) {
        return numbers.getOrDefault(name, -1);
    }

    public String name(int nr) {
        Signature signature = nr >= 0 && nr < SIZE ? signatures[nr] : null;
        return signature == null ? "syscall_" + nr : signature.name();
    }

    /** OTHER for a number that stands for no call. */
    public Family family(int nr) {
        return nr >= 0 && nr < SIZE ? families[nr] : Family.OTHER;
    }

    /** Of a call, and of what it is asked to do; of six arguments that may be anything when its number is unknown. */
    public Signature of(TraceCall call) {
        Signature signature = call.nr() >= 0 && call.nr() < SIZE ? signatures[call.nr()] : null;
        return signature == null ? unknown : signature.of(call);
    }
}
