package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsoleTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void aTerminalDrawsTheTableInPlaceBelowTheLines() {
    Console console = new Console(out, true, 80);

    console.table(List.of("a", "b"));
    console.line("news");
    console.table(List.of("c"));

    assertEquals("a|b|\033[2A\033[Jnews|a|b|\033[2A\033[Jc|", printed());
  }

  @Test
  void withoutATerminalEachTableIsPrintedOnce() {
    Console console = new Console(out, false, 80);

    console.table(List.of("a"));
    console.line("news");
    console.table(List.of("b"));

    assertEquals("a|news|b|", printed());
  }

  @Test
  void aKeptTableStays() {
    Console console = new Console(out, true, 80);

    console.table(List.of("a"));
    console.keepTable();
    console.line("end");

    assertEquals("a|end|", printed());
  }

  @Test
  void aLineOfATableThatIsTooLongForTheTerminalIsCut() {
    new Console(out, true, 5).table(List.of("a", "1234567"));
    new Console(out, false, 5).table(List.of("1234567"));

    assertEquals("a|12345|1234567|", printed());
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "|");
  }
}
