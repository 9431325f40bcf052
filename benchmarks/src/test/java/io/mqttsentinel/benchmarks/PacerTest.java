package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {

  @Test
  void sendsNothingBeforeItsTimeAndEverythingInOrder() {
    Schedule schedule = new Schedule(System.nanoTime(), 2_000, 100);
    List<Long> sent = new ArrayList<>();
    Pacer pacer = new Pacer();
    pacer.run(
        schedule,
        index -> {
          // The pacer may stop waiting when less is left than the shortest park.
          assertTrue(System.nanoTime() >= schedule.intendedNanos(index) - 20_000);
          sent.add(index);
        });
    assertEquals(100, sent.size());
    assertEquals(99, sent.getLast());
    assertEquals(100, pacer.lag().count());
  }

  @Test
  void catchesUpWithoutForgettingAnything() {
    long anHourAgo = System.nanoTime() - 3_600_000_000_000L;
    List<Long> sent = new ArrayList<>();
    Pacer pacer = new Pacer();
    pacer.run(new Schedule(anHourAgo, 1, 3), sent::add);
    assertEquals(List.of(0L, 1L, 2L), sent);
    assertTrue(pacer.lag().p50() > 3_500_000, "the lag is known: " + pacer.lag());
  }
}
