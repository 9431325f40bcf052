package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FaultOptionsTest {

  @Test
  void theCommandRepeatsTheRun() {
    FaultOptions options =
        FaultOptions.parse(
            List.of("--seconds", "600", "--every", "15", "--down", "20", "--set", "a.b=c"));
    assertEquals(40, options.faults());
    String[] words = options.command().split(" ", -1);
    assertEquals(
        options, FaultOptions.parse(List.of(words).subList(2, words.length)), options.command());
  }

  @Test
  void errorsNameTheOptionTheValueAndWhatWasExpected() {
    assertEquals("--qos is '3', expected a whole number from 1 to 2", refusal("--qos", "3"));
    assertEquals("--cuts is 'maybe', expected yes or no", refusal("--cuts", "maybe"));
    assertEquals("--set is 'a.b', expected key=value", refusal("--set", "a.b"));
    assertEquals("--logs is 'pom.xml', a file, expected a directory", refusal("--logs", "pom.xml"));
    assertTrue(refusal("--seed").contains("--seed"));
    assertTrue(refusal("--sedes", "1").contains("--sedes"));
  }

  private static String refusal(String... arguments) {
    return assertThrows(
            IllegalArgumentException.class, () -> FaultOptions.parse(List.of(arguments)))
        .getMessage();
  }
}
