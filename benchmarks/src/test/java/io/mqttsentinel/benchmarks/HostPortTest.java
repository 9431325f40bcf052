package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

  @Test
  void readsNamesAndAddresses() {
    assertEquals(new HostPort("localhost", 1883), HostPort.parse("--target", "localhost:1883"));
    assertEquals(new HostPort("::1", 65535), HostPort.parse("--target", "[::1]:65535"));
    assertEquals("[::1]:65535", HostPort.parse("--target", "[::1]:65535").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", ":1883", "localhost:", "localhost:0", "h:65536", "h:1x", "h:-1"})
  void refusesAllElseAndNamesIt(String text) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> HostPort.parse("--target", text));
    assertEquals(
        "--target is '%s', expected host:port such as localhost:1883".formatted(text),
        refusal.getMessage());
  }
}
