package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KnownTopicsTest {

  private final KnownTopics topics = new KnownTopics();

  @Test
  void aFewAreKnownExactly() {
    for (int i = 0; i < 16; i++) {
      assertTrue(topics.add("topic/" + i));
      assertFalse(topics.add("topic/" + i));
    }
    assertEquals(16, topics.size());
  }

  @Test
  void manyAreCountedAndNoneOfThemIsEverNewAgain() {
    for (int i = 0; i < 1000; i++) {
      topics.add("topic/" + i);
    }
    assertEquals(1000.0, (double) topics.size(), 400.0);
    for (int i = 0; i < 1000; i++) {
      assertFalse(topics.add("topic/" + i), "topic " + i);
    }
  }

  @Test
  void mostNewOnesAmongTwentyAreNoticed() {
    for (int i = 0; i < 20; i++) {
      topics.add("topic/" + i);
    }
    int noticed = 0;
    for (int i = 0; i < 20; i++) {
      noticed += topics.add("sweep/" + i) ? 1 : 0;
    }
    assertTrue(noticed >= 10, noticed + " of 20");
  }
}
