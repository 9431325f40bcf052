package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsOptionsTest {

  @Test
  void commandRepeatsTheRun() {
    assertEquals(
        "./sentinel bench decisions --accounts 1500000 --rate 20 --seconds 20 --hash argon2id"
            + " --warmup 30",
        DecisionsOptions.parse(List.of("--hash", "argon2id", "--rate=20")).command());
  }

  @Test
  void fewerAccountsThanAreDecidedOnAreRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                DecisionsOptions.parse(
                    List.of("--accounts=39", "--rate=10", "--seconds=2", "--warmup=2")));
    assertTrue(
        refusal.getMessage().contains("--accounts is 39, expected at least the 40"),
        refusal.getMessage());
  }

  @Test
  void longerThanTheEdgeRemembersIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> DecisionsOptions.parse(List.of("--seconds", "41")));
  }
}
