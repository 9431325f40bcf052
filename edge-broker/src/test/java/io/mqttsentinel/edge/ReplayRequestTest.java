package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayRequestTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "PT2H, 2026-03-01T10:00:00Z",
    "P1D, 2026-02-28T12:00:00Z",
    "2026-02-01T00:00:00Z, 2026-02-01T00:00:00Z",
    "1700000000, 2023-11-14T22:13:20Z",
  })
  void sinceWhen(String since, Instant expected) {
    ReplayRequest request = ReplayRequest.parse("$replay/" + since + "/a/+/b", NOW);
    assertEquals(expected, request.since());
    assertEquals("$replay/" + since + "/", request.prefix());
    assertEquals("a/+/b", request.filter().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$replay",
        "$replay/",
        "$replay/PT1H",
        "$replay/PT1H/",
        "$replay//a",
        "$replay/soon/a",
        "$replay/-PT1H/a",
        "$replay/+/a",
        "$replay/PT1H/a/#/b",
        "$replay/99999999999999999999/a"
      })
  void whatIsNone(String filter) {
    assertNull(ReplayRequest.parse(filter, NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "clients/d/alerts, clients/d/alerts",
    "clients/d/#, clients/d",
    "clients/d/+/x/+, clients/d/-/x/-",
  })
  void endTopicMatchesTheFilter(String filter, String end) {
    ReplayRequest request = ReplayRequest.parse("$replay/PT1H/" + filter, NOW);
    assertEquals("$replay/PT1H/" + end, request.endTopic());
  }

  @Test
  void instantThatKafkaCannotCountIsNone() {
    assertNull(ReplayRequest.parse("$replay/P999999999999D/a", NOW));
    assertNull(ReplayRequest.parse("$replay/31556889864403199/a", NOW));
  }
}
