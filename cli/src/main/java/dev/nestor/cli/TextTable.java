package dev.nestor.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, each column as wide as its widest cell. */
public final class TextTable {
    private static final String GAP = "  ";

    private final String alignment;
    private final List<String[]> rows = new ArrayList<>();
    private final int[] widths;

    /** @param alignment l or r for each column: to the left or to the right */
    public TextTable(String alignment, String... headings) {
        assert alignment.length() == headings.length : alignment;
        this.alignment = alignment;
        this.widths = new int[headings.length];
        add(headings);
    }

    public void add(String... cells) {
        assert cells.length == widths.length : cells.length;
        rows.add(cells);
        for (int i = 0; i < cells.length; i++) {
            widths[i] = Math.max(widths[i], cells[i].length());
        }
    }

    public void print(PrintWriter out) {
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String pad = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : GAP).append(alignment.charAt(i) == 'l' ? row[i] + pad : pad + row[i]);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
