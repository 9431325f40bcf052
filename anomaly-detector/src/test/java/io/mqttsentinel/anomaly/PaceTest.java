package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long WINDOW = 1000;

  @Property(tries = 500)
  void countsAtMostTheWindowAndAtLeastNineTenthsOfIt(
      @ForAll @Size(max = 200) List<@IntRange(max = 400) Integer> gaps) {
    Pace pace = new Pace();
    List<Long> times = new ArrayList<>();
    long at = 1_700_000_000_000L;
    for (int gap : gaps) {
      at += gap;
      times.add(at);
      long now = at;
      int counted = pace.count(at, WINDOW);
      assertTrue(counted <= times.stream().filter(t -> now - t < WINDOW).count());
      assertTrue(counted >= times.stream().filter(t -> now - t <= WINDOW * 9 / 10).count());
    }
  }

  @Property
  void survivesTheStore(@ForAll @Size(max = 50) List<@IntRange(max = 300) Integer> gaps) {
    Pace pace = new Pace();
    long at = 5;
    for (int gap : gaps) {
      at += gap;
      pace.count(at, WINDOW);
    }
    ByteBuffer bytes = ByteBuffer.allocate(100);
    pace.write(bytes);
    Pace read = new Pace();
    read.read(bytes.flip());
    assertEquals(pace.count(at, WINDOW), read.count(at, WINDOW));
  }

  @Test
  void burstAcrossABorderCountsWhole() {
    Pace pace = new Pace();
    for (int i = 0; i < 60; i++) {
      pace.count(990, WINDOW);
    }
    int counted = 0;
    for (int i = 0; i < 60; i++) {
      counted = pace.count(1010, WINDOW);
    }
    assertEquals(120, counted);
  }

  @Test
  void latecomersDoNotTurnTheClockBack() {
    Pace pace = new Pace();
    pace.count(10_000, WINDOW);
    assertEquals(2, pace.count(9_500, WINDOW));
    assertEquals(2, pace.count(5_000, WINDOW), "its window is gone");
    assertEquals(3, pace.count(10_000, WINDOW));
  }

  @Test
  void clockThatWasAheadDoesNotStopTheCount() {
    Pace pace = new Pace();
    pace.count(90_000_000, WINDOW);
    assertEquals(1, pace.count(5_000, WINDOW));
    assertEquals(2, pace.count(5_010, WINDOW));
  }
}
