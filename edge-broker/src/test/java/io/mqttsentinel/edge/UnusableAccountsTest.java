package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnusableAccountsTest {

  private final UnusableAccounts accounts = new UnusableAccounts();

  @Test
  void eachIsNamedOnceAndNotWithoutEnd() {
    assertTrue(accounts.name("u", "odd"));
    assertFalse(accounts.name("u", "odd"));
    long named = IntStream.range(0, 5000).filter(i -> accounts.name("u" + i, "odd")).count();
    assertEquals(999, named);
  }

  @Test
  void nameIsOneShortLine() {
    assertEquals("a\\nb\\u001bc\\u2028", UnusableAccounts.printable("a\nb\u001bc\u2028"));
    assertEquals("ü".repeat(255) + "…", UnusableAccounts.printable("ü".repeat(1024)));
  }
}
