package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedFilterTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$share",
        "$share/",
        "$share/x",
        "$share/x/",
        "$share//a",
        "$share/+/a",
        "$share/g#/a"
      })
  void notEveryOneIsValid(String filter) {
    assertTrue(SharedFilter.isShared(filter));
    assertFalse(SharedFilter.isValid(filter));
  }

  @Test
  void hasAFilterInside() {
    assertTrue(SharedFilter.isValid("$share/group/a/+/#"));
    assertEquals("a/+/#", SharedFilter.matching("$share/group/a/+/#"));
    assertEquals("/a", SharedFilter.matching("$share/group//a"));
    assertEquals("a/b", SharedFilter.matching("a/b"));
    assertEquals(new SharedFilter("group", "a"), SharedFilter.of("$share/group/a"));
    assertFalse(SharedFilter.isShared("$shared/group/a"));
    assertFalse(SharedFilter.isValid("a/b/c"));
  }
}
