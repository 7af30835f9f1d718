package dev.nestor.cli.replay.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads lines of {@code signatures.txt}. */
final class SignatureParser {

    /** A signature, and to be completed by the variants that follow it. */
    private record Open(Signature signature, List<String> names, Parameter[] parameters, ResultRule result) {}

    private final Types types;

    SignatureParser(Types types) {
        this.types = types;
    }

    /** @param lines that of a call, and those of its variants, which begin with a blank */
    Signature parse(List<String> lines) {
        String[] words = lines.get(0).strip().split("\\s+");
        boolean isNamed = words[0].endsWith("!");
        String name = isNamed ? words[0].substring(0, words[0].length() - 1) : words[0];
        List<String> names = new ArrayList<>();
        for (String word : words) {
            if (word.indexOf(':') > 0) {
                names.add(word.substring(0, word.indexOf(':')));
            }
        }
        Parameter[] parameters = new Parameter[names.size()];
        int[] selectors = lines.size() > 1 ? selectors(lines.get(1), names) : new int[0];
        ResultRule result = fill(parameters, names, words, ResultRule.EXACT);
        Signature signature = new Signature(name, parameters, result, isNamed, selectors);
        Open open = new Open(signature, names, parameters, result);
        for (String variant : lines.subList(1, lines.size())) {
            addVariant(open, variant.strip().split("\\s+"));
        }
        return signature;
    }

    private static int[] selectors(String variant, List<String> names) {
        List<Integer> selectors = new ArrayList<>();
        for (String word : variant.strip().split("\\s+")) {
            if (isSelector(word)) {
                selectors.add(names.indexOf(word.substring(0, word.indexOf('='))));
            }
        }
        return selectors.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isSelector(String word) {
        return word.indexOf('=') > 0 && word.indexOf(':') < 0;
    }

    private ResultRule fill(Parameter[] parameters, List<String> names, String[] words, ResultRule otherwise) {
        ResultRule result = otherwise;
        for (int i = 0; i < words.length; i++) {
            int colon = words[i].indexOf(':');
            if (colon > 0) {
                String name = words[i].substring(0, colon);
                parameters[names.indexOf(name)] = parameter(name, words[i].substring(colon + 1), names);
            } else if ("->".equals(words[i])) {
                result = ResultRule.valueOf(words[i + 1].toUpperCase(Locale.ROOT));
            }
        }
        return result;
    }

    private void addVariant(Open open, String[] words) {
        Parameter[] parameters = open.parameters.clone();
        ResultRule result = fill(parameters, open.names, words, open.result);
        Signature variant = new Signature(open.signature.name(), parameters, result, false, new int[0]);
        List<Long> keys = List.of(0L);
        for (String word : words) {
            if (isSelector(word)) {
                List<Long> longer = new ArrayList<>();
                for (String value : word.substring(word.indexOf('=') + 1).split(",")) {
                    keys.forEach(key -> longer.add(Signature.key(key, Long.decode(value))));
                }
                keys = longer;
            }
        }
        keys.forEach(key -> open.signature.addVariant(key, variant));
    }

    private Parameter parameter(String name, String text, List<String> names) {
        int equals = text.lastIndexOf('=');
        long missing = equals < 0 ? 0 : Long.parseLong(text.substring(equals + 1));
        String kind = equals < 0 ? text : text.substring(0, equals);
        int open = kind.indexOf('(');
        if (open < 0) {
            return switch (kind) {
                case "path", "string" -> new Parameter(name, Kind.IN, types.type(kind, Types.Scope.call(names)), 0, 0);
                case "addr" -> new Parameter(name, Kind.ADDRESS, null, 0, missing);
                default -> new Parameter(name, Kind.valueOf(kind.toUpperCase(Locale.ROOT)), null, 0, missing);
            };
        }
        String inner = kind.substring(open + 1, kind.length() - 1);
        Kind direction = Kind.valueOf(kind.substring(0, open).toUpperCase(Locale.ROOT));
        return direction == Kind.PLACE
                ? new Parameter(name, direction, null, Integer.parseInt(inner), 0)
                : new Parameter(name, direction, types.type(inner, Types.Scope.call(names)), 0, 0);
    }
}
