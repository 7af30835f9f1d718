package dev.nestor.property.sched;

import java.util.Locale;

/** Two heat maps in one picture: time to the right, a row for each CPU, colour by the number of runnable tasks. */
final class HeatMapSvg {
    private static final int LEFT = 56;
    private static final int ROW = 16;
    private static final double SPAN = 2.8; // wide
    private static final int GAP = 44; // between the maps, for words

    private HeatMapSvg() {}

    /** @param broken what {@link WastedCoresRun#run} gives */
    static String of(String broken, String mended) {
        String[] first = broken.split("\n", -1);
        String[] second = mended.split("\n", -1);
        int spans = first[1].strip().split(" ", -1).length;
        int height = GAP + (first.length - 1) * ROW + GAP + (second.length - 1) * ROW + GAP;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>%n",
                (int) (LEFT + spans * SPAN + 16),
                height));
        svg.append("<rect width='100%' height='100%' fill='white'/>\n");
        map(svg, GAP, "broken: " + first[0], first);
        int below = GAP + (first.length - 1) * ROW + GAP;
        map(svg, below, "mended: the invariant holds", second);
        legend(svg, height - 18);
        return svg.append("</svg>\n").toString();
    }

    private static void map(StringBuilder svg, int top, String title, String[] lines) {
        svg.append(String.format(Locale.ROOT, "<text x='%d' y='%d'>%s</text>%n", LEFT, top - 10, title));
        for (int cpu = 0; cpu + 1 < lines.length; cpu++) {
            int y = top + cpu * ROW;
            svg.append(String.format(Locale.ROOT, "<text x='4' y='%d'>CPU %d</text>%n", y + ROW - 4, cpu));
            String[] means = lines[cpu + 1].strip().split(" ", -1);
            int from = 0;
            for (int at = 1; at <= means.length; at++) {
                if (at == means.length || !means[at].equals(means[from])) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
                            LEFT + from * SPAN,
                            y,
                            (at - from) * SPAN,
                            ROW - 1,
                            colour(Double.parseDouble(means[from]))));
                    from = at;
                }
            }
        }
    }

    private static void legend(StringBuilder svg, int y) {
        int x = LEFT;
        for (int tasks = 0; tasks <= 4; tasks++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x='%d' y='%d' width='14' height='12' fill='%s' stroke='#999'/>%n",
                    x,
                    y,
                    colour(tasks)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x='%d' y='%d'>%s</text>%n",
                    x + 18,
                    y + 11,
                    tasks == 4 ? "4 or more tasks" : "" + tasks));
            x += 44;
        }
        svg.append(String.format(
                Locale.ROOT, "<text x='%d' y='%d'>300 ms</text>%n", (int) (LEFT + 250 * SPAN - 40), y + 11));
    }

    /** White for none, green for one, then yellow to dark red. */
    private static String colour(double tasks) {
        if (tasks <= 1) {
            return mixed(0xf4f4f4, 0x7fbf7b, tasks);
        }
        return tasks <= 2
                ? mixed(0x7fbf7b, 0xfdae61, tasks - 1)
                : mixed(0xfdae61, 0x8b0000, Math.min(1, (tasks - 2) / 2));
    }

    private static String mixed(int from, int to, double part) {
        int colour = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int a = from >> shift & 0xff;
            int b = to >> shift & 0xff;
            colour |= (int) Math.round(a + (b - a) * part) << shift;
        }
        return String.format(Locale.ROOT, "#%06x", colour);
    }
}
