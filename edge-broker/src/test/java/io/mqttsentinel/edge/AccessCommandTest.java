package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** Without a Kafka that could be asked. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ban|ban needs one of add, remove, list",
        "audit|audit needs verify",
        "ban everybody|there is no command 'ban everybody'",
        "ban add|expected exactly one of --client, --user, --address",
        "ban add --client c --user u|expected exactly one of",
        "ban add --client|--client needs a value",
        "ban add --client c --for soon|soon",
        "ban add --client c --for 99999999999d|'99999999999d' is more than 36500 days",
        "ban add --client c --for -5m|'-5m' is not more than nothing",
        "ban add --address 300.1.1.1|'300.1.1.1' is no address",
        "dance|there is no command 'dance'",
        "ban add --address here|here",
        "ban list --client c|ban list takes no options",
        "revoke --address 192.0.2.1|revoke takes --client, --user or --all",
        "revoke --all --client c|--all stands alone",
        "revoke --all --address 192.0.2.1|--all stands alone",
        "audit verify now|'now' is not understood here",
      })
  void wrongUseIsNamedBeforeAnythingIsConnectedTo(String arguments, String message) {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();

    int code =
        AccessCommand.execute(
            arguments.split(" "),
            new PrintStream(text, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));

    String printed = errors.toString(StandardCharsets.UTF_8);
    assertEquals(2, code, printed);
    assertTrue(printed.lines().findFirst().orElse("").contains(message), printed);
    assertEquals("", text.toString(StandardCharsets.UTF_8));
  }
}
