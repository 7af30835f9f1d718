package dev.nestor.cli.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.nestor.cli.strace.LogException;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The files of a machine: for each its mode, owner, size, where a symlink leads, and its first bytes. An image is a file of
 * JSON objects, one to a line, plain or gzipped; docs/image.md has its form. It knows of some files, not that there are no
 * others.
 *
 * <p>Immutable, shared by all replays.
 */
public final class FileImage {
    /** An object of the file system, by its full path. */
    private static final class Entry {
        String path = "";
        int mode;
        int uid;
        int gid;
        int nlink = 1;
        long size; // bytes
        byte[] bytes = {}; // of a symlink where it leads, else the first ones
    }

    private static final String BUILT_IN = "debian-12.image.gz";
    private static final int GZIP_MAGIC = 0x8b1f;

    /** No file is known. */
    public static final FileImage NONE = new FileImage(List.of());

    private final List<Entry> entries;
    private final Object2IntOpenHashMap<String> byPath;

    private FileImage(List<Entry> entries) {
        this.entries = entries;
        this.byPath = new Object2IntOpenHashMap<>(entries.size());
        byPath.defaultReturnValue(-1);
        for (int i = 0; i < entries.size(); i++) {
            byPath.put(entries.get(i).path, i);
        }
    }

    /** The image that comes with Nestor: files of Debian 12's packages. */
    public static FileImage builtIn() {
        return BuiltIn.IMAGE;
    }

    private static final class BuiltIn {
        static final FileImage IMAGE = load();

        private static FileImage load() {
            try (InputStream in = FileImage.class.getResourceAsStream(BUILT_IN)) {
                if (in == null) {
                    throw new IllegalStateException(BUILT_IN + " is not in the jar");
                }
                return read(BUILT_IN, in);
            } catch (IOException | LogException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Reads an image. */
    public static FileImage open(Path file) throws LogException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in);
        } catch (NoSuchFileException e) {
            throw new LogException(LogException.Kind.NOT_FOUND, file.toString(), 0, "no such file");
        } catch (ZipException | EOFException e) {
            throw new LogException(LogException.Kind.GZIP, file.toString(), 0, "breaks off or is damaged");
        } catch (IOException e) {
            throw new LogException(LogException.Kind.IO, file.toString(), 0, "can't be read: " + e.getMessage());
        }
    }

    private static FileImage read(String name, InputStream stream) throws IOException, LogException {
        BufferedInputStream in = new BufferedInputStream(stream);
        in.mark(2);
        int magic = in.read() | in.read() << 8;
        in.reset();
        InputStream text = magic == GZIP_MAGIC ? new GZIPInputStream(in) : in;
        List<Entry> entries = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(text)) {
            while (json.nextToken() != null) {
                entries.add(entry(name, json));
            }
        } catch (JsonProcessingException e) {
            throw wrong(name, e.getLocation(), "no JSON: " + e.getOriginalMessage());
        }
        return new FileImage(entries);
    }

    private static Entry entry(String name, JsonParser json) throws IOException, LogException {
        Entry entry = new Entry();
        JsonLocation start = json.currentLocation();
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrong(name, start, "an object was expected");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            try {
                switch (key) {
                    case "path" -> entry.path = json.getText();
                    case "mode" -> entry.mode = Integer.parseInt(json.getText(), 8);
                    case "uid" -> entry.uid = json.getIntValue();
                    case "gid" -> entry.gid = json.getIntValue();
                    case "nlink" -> entry.nlink = json.getIntValue();
                    case "size" -> entry.size = json.getLongValue();
                    case "target" -> entry.bytes = json.getText().getBytes(StandardCharsets.UTF_8);
                    case "head" -> entry.bytes = json.getBinaryValue();
                    default -> throw wrong(name, start, "unknown key " + key);
                }
            } catch (NumberFormatException | JsonProcessingException e) {
                throw wrong(name, start, key + ": no such value: " + json.getText());
            }
        }
        String complaint = complaint(entry);
        if (!complaint.isEmpty()) {
            throw wrong(name, start, complaint);
        }
        return entry;
    }

    private static LogException wrong(String name, JsonLocation at, String what) {
        return new LogException(LogException.Kind.SYNTAX, name, at.getLineNr(), what.replaceAll("\\p{Cntrl}", "?"));
    }

    private static String complaint(Entry entry) {
        boolean isLink = (entry.mode & Stat.S_IFMT) == Stat.S_IFLNK;
        if (!entry.path.startsWith("/")) {
            return "path: an absolute path was expected";
        }
        if ((entry.mode & Stat.S_IFMT) == 0) {
            return "mode: a file's type was expected";
        }
        if (entry.size < 0 || entry.nlink < 1 || (!isLink && entry.bytes.length > entry.size)) {
            return "size, nlink or head: out of range";
        }
        return isLink && entry.bytes.length == 0 ? "target: missing" : "";
    }

    /** How many files it knows. */
    public int size() {
        return entries.size();
    }

    /** The number of the object at this full path, without symlinks in between; -1 for none. */
    public int find(String path) {
        return byPath.getInt(path);
    }

    /** S_IF* and permissions. */
    public int mode(int entry) {
        return entries.get(entry).mode;
    }

    public int uid(int entry) {
        return entries.get(entry).uid;
    }

    public int gid(int entry) {
        return entries.get(entry).gid;
    }

    public int nlink(int entry) {
        return entries.get(entry).nlink;
    }

    /** Bytes. */
    public long length(int entry) {
        return entries.get(entry).size;
    }

    /** Where a symlink leads; the first bytes of a file, as many as are known. */
    public byte[] bytes(int entry) {
        return entries.get(entry).bytes;
    }
}
