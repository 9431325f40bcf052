package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class AccessCommandTest {

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final AccessCommand command =
      new AccessCommand(new PrintStream(text, true, StandardCharsets.UTF_8), Clock.systemUTC());

  @Test
  void anEmptyTrailIsNotSound() {
    assertEquals(1, command.report(new AuditVerifier()));
    String printed = text.toString(StandardCharsets.UTF_8);
    assertTrue(printed.contains("no record"), printed);
  }
}
