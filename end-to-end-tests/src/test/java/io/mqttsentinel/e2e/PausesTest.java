package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PausesTest {

  private static final Fault EDGE = new Fault(Part.edge(0), false, Duration.ZERO);
  private static final Fault KAFKA = new Fault(Part.KAFKA, false, Duration.ZERO);

  @Test
  void aPauseBelongsToTheFaultBeforeItsEndAndBeginsWithIt() {
    List<Pauses.Happened> faults =
        List.of(happened(EDGE, 1_000), happened(KAFKA, 5_000), happened(EDGE, 9_000));
    Map<String, Pauses.Cost> costs =
        Pauses.byKind(
            faults,
            List.of(stream(900, 2_000, 4_900, 5_100, 9_100), stream(800, 4_000, 5_500, 9_700)));
    assertEquals(new Pauses.Cost(2, 3_000, 3_000), costs.get("edge"));
    assertEquals(new Pauses.Cost(1, 500, 500), costs.get("kafka"));
  }

  @Test
  void thatNothingComesIsNoPauseThatEnded() {
    assertEquals(
        Map.of("edge", new Pauses.Cost(1, 0, 0)),
        Pauses.byKind(List.of(happened(EDGE, 1_000)), List.of(stream(500))));
  }

  private static Pauses.Happened happened(Fault fault, long millis) {
    return new Pauses.Happened(fault, millis * 1_000_000);
  }

  private static Ledger.Stream stream(long... millis) {
    return new Ledger.Stream(
        "s",
        "t",
        1,
        Arrays.stream(millis).mapToObj(at -> new Ledger.Arrival(0, at * 1_000_000)).toList());
  }
}
