package dev.nestor.cli.replay.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads lines of {@code signatures.txt}. */
final class SignatureParser {

    /** A signature, and to be completed by the variants that follow it. */
    private record Open(Signature signature, List<String> names, List<Parameter> parameters, ResultRule result) {}

    private final Types types;

    SignatureParser(Types types) {
        this.types = types;
    }

    /** @param lines that of a call, and those of its variants, which begin with a blank */
    Signature parse(List<String> lines) {
        List<String> words = Resource.words(lines.get(0));
        String first = words.get(0);
        boolean isNamed = first.endsWith("!");
        String name = isNamed ? first.substring(0, first.length() - 1) : first;
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
        Open open = new Open(signature, names, List.of(parameters), result);
        for (String variant : lines.subList(1, lines.size())) {
            addVariant(open, Resource.words(variant));
        }
        return signature;
    }

    private static int[] selectors(String variant, List<String> names) {
        List<Integer> selectors = new ArrayList<>();
        for (String word : Resource.words(variant)) {
            if (isSelector(word)) {
                selectors.add(names.indexOf(word.substring(0, word.indexOf('='))));
            }
        }
        return selectors.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isSelector(String word) {
        return word.indexOf('=') > 0 && word.indexOf(':') < 0;
    }

    private ResultRule fill(Parameter[] parameters, List<String> names, List<String> words, ResultRule otherwise) {
        ResultRule result = otherwise;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int colon = word.indexOf(':');
            if (colon > 0) {
                String name = word.substring(0, colon);
                parameters[names.indexOf(name)] = parameter(name, word.substring(colon + 1), names);
            } else if ("->".equals(word)) {
                result = ResultRule.valueOf(words.get(i + 1).toUpperCase(Locale.ROOT));
            }
        }
        return result;
    }

    private void addVariant(Open open, List<String> words) {
        Parameter[] parameters = open.parameters.toArray(new Parameter[0]);
        ResultRule result = fill(parameters, open.names, words, open.result);
        Signature variant = new Signature(open.signature.name(), parameters, result, false, new int[0]);
        List<Long> keys = List.of(0L);
        for (String word : words) {
            if (isSelector(word)) {
                List<Long> longer = new ArrayList<>();
                for (String value : Resource.list(word.substring(word.indexOf('=') + 1))) {
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
