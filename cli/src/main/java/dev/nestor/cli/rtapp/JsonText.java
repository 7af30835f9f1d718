package dev.nestor.cli.rtapp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.nestor.cli.strace.LogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file of JSON, each value with the line that it begins in, so that a complaint can name it. Comments are passed over. */
final class JsonText {
    private static final int MAX_DEPTH = 64;

    /**
     * A value.
     *
     * @param value a map, a list, a string, a number, a boolean or null
     */
    record Node(int line, @Nullable Object value) {
        @SuppressWarnings("unchecked")
        Map<String, Node> members() {
            return value instanceof Map ? (Map<String, Node>) value : Map.of();
        }

        @SuppressWarnings("unchecked")
        List<Node> elements() {
            return value instanceof List ? (List<Node>) value : List.of();
        }
    }

    private final Path path;

    JsonText(Path path) {
        this.path = path;
    }

    /** The whole file. */
    Node read() throws LogException {
        JsonFactory factory = JsonFactory.builder()
                .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                .build();
        try (JsonParser parser = factory.createParser(Files.readAllBytes(path))) {
            parser.nextToken();
            Node node = value(parser, 0);
            if (parser.nextToken() != null) {
                throw fault(line(parser), "there is more behind the end");
            }
            return node;
        } catch (NoSuchFileException e) {
            throw new LogException(LogException.Kind.NOT_FOUND, path.toString(), 0, "no such file");
        } catch (JsonParseException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw fault(line, e.getOriginalMessage().lines().findFirst().orElse("no JSON"));
        } catch (IOException e) {
            throw new LogException(LogException.Kind.IO, path.toString(), 0, "cannot be read: " + e.getMessage());
        }
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private Node value(JsonParser parser, int depth) throws IOException, LogException {
        int line = line(parser);
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw fault(line, "it ends too early");
        }
        if (depth > MAX_DEPTH) {
            throw fault(line, "objects within each other deeper than " + MAX_DEPTH);
        }
        return switch (token) {
            case START_OBJECT -> new Node(line, object(parser, depth));
            case START_ARRAY -> new Node(line, array(parser, depth));
            case VALUE_STRING -> new Node(line, parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Node(line, parser.getDecimalValue());
            case VALUE_TRUE, VALUE_FALSE -> new Node(line, parser.getBooleanValue());
            case VALUE_NULL -> new Node(line, null);
            default -> throw fault(line, "a value is missing");
        };
    }

    private Map<String, Node> object(JsonParser parser, int depth) throws IOException, LogException {
        Map<String, Node> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int line = line(parser);
            parser.nextToken();
            if (members.put(key, value(parser, depth + 1)) != null) {
                throw fault(
                        line,
                        "\"" + key
                                + "\" is there twice: rt-app tells events apart by what is behind their names, as in \""
                                + key + "2\"");
            }
        }
        return members;
    }

    private List<Node> array(JsonParser parser, int depth) throws IOException, LogException {
        List<Node> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser, depth + 1));
        }
        return elements;
    }

    LogException fault(int line, String what) {
        return new LogException(LogException.Kind.SYNTAX, path.toString(), line, what);
    }
}
