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
  private List<String> table = List.of();

  Console(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 25 went back to null where there is no terminal
  static Console ofProcess() {
    boolean terminal = System.console() != null && System.console().isTerminal();
    String kind = System.getenv("TERM");
    return new Console(System.out, terminal && kind != null && !kind.equals("dumb"));
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
    table = List.copyOf(lines);
    draw();
  }

  /** Leaves the table as it stands; what follows comes below. */
  synchronized void keepTable() {
    table = List.of();
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
