package io.mqttsentinel.allinone;

import java.io.PrintStream;
import java.util.List;

/**
 * The standard output, which belongs to people here: lines that stay, and below them a table that
 * is drawn again in place. Where the output is no terminal, each table is printed as it comes.
 */
final class Console {

  private static final String UP_AND_CLEAR = "\033[%dA\033[J";

  private final PrintStream out;
  private final boolean terminal;
  private List<String> table = List.of();

  Console(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  static Console ofProcess() {
    java.io.Console console = System.console();
    String terminal = System.getenv("TERM");
    return new Console(
        System.out,
        console != null && console.isTerminal() && terminal != null && !terminal.equals("dumb"));
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
      out.printf(UP_AND_CLEAR, table.size());
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
