package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TopicFilterTest {

  @Test
  void matchesAsTheStandardSays() {
    assertTrue(matches("a/b", "a/b"));
    assertTrue(matches("a/+", "a/b"));
    assertTrue(matches("a/#", "a/b/c"));
    assertTrue(matches("a/#", "a"));
    assertFalse(matches("a/+", "a"));
    assertFalse(matches("a/+", "a/b/c"));
    assertFalse(matches("a/b", "a/c"));
  }

  private static boolean matches(String filter, String topic) {
    return new TopicFilter(filter, 0).matches(topic);
  }
}
