package dev.nestor.syscalls.transcripts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** getopt(3), for words up to the first that is no option. */
final class Options {
    private final Set<Character> flags = new HashSet<>();
    private final Map<String, String> values = new HashMap<>();
    private final List<String> rest = new ArrayList<>();

    /** @param withValue the letters whose value is the next word; long options have theirs after = or, named here, too */
    Options(List<String> argv, String withValue, String... longWithValue) {
        int at = 1;
        for (; at < argv.size(); at++) {
            String word = argv.get(at);
            if (word.startsWith("--")) {
                int equals = word.indexOf('=');
                String name = word.substring(2, equals < 0 ? word.length() : equals);
                boolean takesNext = equals < 0 && List.of(longWithValue).contains(name);
                values.put(name, equals >= 0 ? word.substring(equals + 1) : takesNext ? argv.get(++at) : "");
            } else if (word.startsWith("-") && word.length() > 1) {
                for (char letter : word.substring(1).toCharArray()) {
                    flags.add(letter);
                    if (withValue.indexOf(letter) >= 0) {
                        values.put(String.valueOf(letter), argv.get(++at));
                    }
                }
            } else {
                break;
            }
        }
        rest.addAll(argv.subList(at, argv.size()));
    }

    boolean has(char letter) {
        return flags.contains(letter);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String value(String name) {
        return values.getOrDefault(name, "");
    }

    List<String> rest() {
        return rest;
    }
}
