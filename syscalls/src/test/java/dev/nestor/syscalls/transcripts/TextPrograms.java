package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Programs that read text and write it: cat, head, grep, tr, seq. */
final class TextPrograms {
    private TextPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("cat", TextPrograms::cat);
        programs.put("head", TextPrograms::head);
        programs.put("grep", TextPrograms::grep);
        programs.put("capsh", (process, argv) -> 0); // which has no more to do with the kernel
        programs.put("tr", TextPrograms::tr);
        programs.put("seq", TextPrograms::seq);
    }

    private static int cat(UserProcess process, List<String> argv) {
        int failed = 0;
        for (String path : argv.subList(1, argv.size())) {
            String text = process.readFile(path);
            if (text == null) {
                boolean isBusybox = argv.getFirst().startsWith("/bin/");
                String where = isBusybox ? "can't open '" + path + "'" : path;
                failed = process.err("cat: " + where + ": " + Errors.text(process.errno()));
            } else {
                process.out(text);
            }
        }
        return failed;
    }

    private static String input(UserProcess process, List<String> files, int index) {
        String text = files.isEmpty() ? process.readAll(0) : process.readFile(files.get(index));
        return Objects.requireNonNull(text, () -> files + " errno " + process.errno());
    }

    private static int head(UserProcess process, List<String> argv) {
        boolean counted = argv.size() > 1 && argv.get(1).matches("-\\d+");
        int most = counted ? Integer.parseInt(argv.get(1).substring(1)) : 10;
        List<String> files = argv.subList(counted ? 2 : 1, argv.size());
        for (int i = 0; i < Math.max(1, files.size()); i++) {
            if (files.size() > 1) {
                process.out((i == 0 ? "" : "\n") + "==> " + files.get(i) + " <==\n");
            }
            process.out(input(process, files, i)
                    .lines()
                    .limit(most)
                    .map(line -> line + "\n")
                    .collect(Collectors.joining()));
        }
        return 0;
    }

    private static int grep(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "");
        List<String> rest = options.rest();
        Pattern pattern = Pattern.compile(rest.getFirst());
        String found = input(process, rest.subList(1, rest.size()), 0)
                .lines()
                .filter(line -> pattern.matcher(line).find())
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        process.out(found);
        return found.isEmpty() ? 1 : 0;
    }

    private static int tr(UserProcess process, List<String> argv) {
        String from = argv.get(1).replace("\\n", "\n");
        process.out(input(process, List.of(), 0).replace(from, argv.get(2)));
        return 0;
    }

    private static int seq(UserProcess process, List<String> argv) {
        process.out(IntStream.rangeClosed(1, Integer.parseInt(argv.get(1)))
                .mapToObj(i -> i + "\n")
                .collect(Collectors.joining()));
        return 0;
    }
}
