package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class LogLinesTest {

  private static final Logger OURS = LoggerFactory.getLogger("io.mqttsentinel.allinone.Part");
  private static final Logger LIBRARY = LoggerFactory.getLogger("org.example.Library");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LogLines lines =
      LogLines.showOn(new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 80));

  @AfterEach
  void detach() {
    lines.stop();
  }

  @Test
  void showsWarningsOfOursAndErrorsOfAnything() {
    OURS.info("not this");
    OURS.warn("ours");
    LIBRARY.warn("not this");
    LIBRARY.error("theirs");

    assertEquals("  WARN Part: ours|  ERROR Library: theirs|", printed());
  }

  @Test
  void showsNothingOfLibrariesWhileStopping() {
    lines.stopping();
    LIBRARY.error("the context is not running");
    OURS.error("ours");

    assertEquals("  ERROR Part: ours|", printed());
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "|");
  }
}
