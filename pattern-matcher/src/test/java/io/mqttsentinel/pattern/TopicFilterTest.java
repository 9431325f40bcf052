package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicFilterTest {

  @ParameterizedTest
  @CsvSource({
    "a/b, a/b, true",
    "a/b, a/bc, false",
    "a/b, a, false",
    "a/b, a/b/c, false",
    "a/+, a/b, true",
    "a/+, a/, true",
    "a/+, a, false",
    "+/+, /x, true",
    "a/#, a, true",
    "a/#, a/b/c, true",
    "a/#, ab, false",
    "#, a/b, true",
    "#, $SYS/x, false",
    "+/x, $SYS/x, false",
    "$SYS/#, $SYS/x, true",
  })
  void matchesAsMqttSays(String filter, String topic, boolean expected) {
    assertEquals(expected, TopicFilter.parse(filter).matches(topic));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a#", "a/#/b", "a+/b", "#a"})
  void refusesWhatIsNoFilter(String filter) {
    assertThrows(IllegalArgumentException.class, () -> TopicFilter.parse(filter));
  }

  @Test
  void refusesTheEmptyFilter() {
    assertThrows(IllegalArgumentException.class, () -> TopicFilter.parse(""));
  }
}
