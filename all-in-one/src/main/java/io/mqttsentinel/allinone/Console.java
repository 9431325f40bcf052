package io.mqttsentinel.allinone;

import java.io.PrintStream;
import java.util.List;

/**
 * The standard output, which belongs to people here: lines that stay, and below them a table that
 * is drawn again in place. Where the output is no terminal, each table is printed as it comes.
 */
final class Console {

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private List<String> table = List.of();

  /**
   * @param columns of the terminal: a longer line of a table is cut, because it would take two
   */
  Console(PrintStream out, boolean terminal, int columns) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 25 went back to null where there is no terminal
  static Console ofProcess() {
    boolean terminal = System.console() != null && System.console().isTerminal();
    String kind = System.getenv("TERM");
    return new Console(System.out, terminal && kind != null && !kind.equals("dumb"), columns());
  }

  boolean isTerminal() {
    return terminal;
  }

  /** Prints a line above the table. */
  synchronized void line(String text) {
    erase();
    out.println(text);
    draw();
  }

  /** Shows a table instead of the last one. */
  synchronized void table(List<String> lines) {
    erase();
    table = terminal ? lines.stream().map(this::cut).toList() : List.copyOf(lines);
    draw();
  }

  /** Leaves the table as it stands; what follows comes below. */
  synchronized void keepTable() {
    table = List.of();
  }

  private String cut(String line) {
    return line.length() <= columns ? line : line.substring(0, columns);
  }

  /** As the launcher or the shell told; JVMs cannot ask. */
  private static int columns() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,4}") ? Integer.parseInt(columns) : 80;
  }

  private void erase() {
    if (terminal && !table.isEmpty()) {
      out.printf("\033[%dA\033[J", table.size()); // so many lines up, clear from there
    }
  }

  private void draw() {
    table.forEach(out::println);
    out.flush();
    if (!terminal) {
      table = List.of();
    }
  }
}
