package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void spacesMessagesEvenly() {
    Schedule schedule = new Schedule(5, 4, 9);
    assertEquals(5, schedule.intendedNanos(0));
    assertEquals(5 + SECOND / 4, schedule.intendedNanos(1));
    assertEquals(5 + 2 * SECOND, schedule.intendedNanos(8));
  }

  @Test
  void doesNotDriftWhenTheIntervalIsNotWhole() {
    assertEquals(3_600 * SECOND, new Schedule(0, 7, 1).intendedNanos(7 * 3_600));
  }

  @Test
  void doesNotOverflow() {
    assertEquals(3_600 * SECOND, new Schedule(0, 100_000, 1).intendedNanos(360_000_000L));
  }

  @Test
  void countsWhatFitsIntoItsTime() {
    assertEquals(900, Schedule.lasting(0, 600, 1.5).count());
    assertEquals(0, Schedule.lasting(0, 600, 0).count());
  }

  @Test
  void refusesRatesBelowOne() {
    assertThrows(IllegalArgumentException.class, () -> new Schedule(0, 0, 1));
  }
}
