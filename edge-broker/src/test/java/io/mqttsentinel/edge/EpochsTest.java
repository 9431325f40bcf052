package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EpochsTest {

  private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

  @Test
  void hasMillisecondsThenLaneThenCounter() {
    Epochs epochs = new Epochs(at(START.plusMillis(5)), 3);
    assertEquals((5L << 22) | (3 << 12), epochs.next());
    assertEquals((5L << 22) | (3 << 12) | 1, epochs.next());
  }

  @Test
  void moreThanTheCounterHoldsBorrowFromTheNextMillisecond() {
    Epochs epochs = new Epochs(at(START.plusMillis(5)), 3);
    for (int i = 0; i < 4096; i++) {
      epochs.next();
    }
    assertEquals((6L << 22) | (3 << 12), epochs.next());
  }

  @Property(tries = 50)
  void ascendsAndKeepsItsLaneWhateverTheClockDoes(
      @ForAll @IntRange(max = 1023) int lane, @ForAll long seed) {
    var random = new java.util.Random(seed);
    MovingClock clock = new MovingClock();
    Epochs epochs = new Epochs(clock, lane);
    long last = 0;
    for (int i = 0; i < 1000; i++) {
      clock.now = START.plus(Duration.ofMillis(1000 + random.nextInt(50)));
      long next = epochs.next();
      assertTrue(next > last);
      assertEquals(lane, next >> 12 & 1023);
      last = next;
    }
  }

  @Test
  void lanesNeverShareANumber() {
    Clock clock = at(START.plusMillis(77));
    Set<Long> all = new HashSet<>();
    for (int lane = 0; lane < 4; lane++) {
      Epochs epochs = new Epochs(clock, lane);
      for (int i = 0; i < 10_000; i++) {
        assertTrue(all.add(epochs.next()));
      }
    }
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }

  private static final class MovingClock extends Clock {
    private Instant now = START;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }
}
