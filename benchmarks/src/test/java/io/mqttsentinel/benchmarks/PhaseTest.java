package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PhaseTest {

  private static final int SETTLING = 10;

  @Test
  void partsAreOfWhatWasMeasuredAndArrived() {
    Schedule schedule = Schedule.lasting(0, 10, 5);
    Phase phase = new Phase(100, schedule, SETTLING);
    for (int i = 0; i < schedule.count(); i++) {
      boolean lost = i == SETTLING + 3;
      if (!lost) {
        phase.arrived(100 + i, schedule.intendedNanos(i) + TimeUnit.MILLISECONDS.toNanos(i));
      }
    }
    List<Latency> parts = phase.parts(4);
    assertEquals(List.of(9L, 10L, 10L, 10L), parts.stream().map(Latency::count).toList());
    assertEquals(
        List.of(19L, 29L, 39L, 49L), parts.stream().map(part -> Math.round(part.max())).toList());
  }
}
