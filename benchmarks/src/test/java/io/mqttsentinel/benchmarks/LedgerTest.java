package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Workload workload = new Workload(2, 1, new BenchmarkPayload("0a1b2c3d", 300));
  private final Ledger ledger = new Ledger(workload);

  @Test
  void latencyCountsFromTheIntendedTimeAndNotBeforeItHasSettled() {
    Phase phase = ledger.open(new Schedule(0, 10, 4), 2);
    LongStream.range(0, 4)
        .forEach(n -> ledger.arrived((int) n % 2, n, n * 100 * MILLI + 5 * MILLI));
    assertEquals(2, phase.latency().getTotalCount());
    assertEquals(5, Latency.of(phase.latency()).max(), 0.01);
    assertFalse(phase.isMeasured(1));
    assertTrue(phase.isMeasured(2));
  }

  @Test
  void losesNothingSilently() {
    Phase phase = ledger.open(new Schedule(0, 10, 4), 0);
    ledger.arrived(0, 0, 1);
    ledger.arrived(0, 2, 1);
    assertEquals(2, phase.schedule().count() - phase.arrivedCount());
    assertFalse(phase.isMeasured(1));
  }

  @Test
  void countsDuplicatesOnceAndNotAsDisorder() {
    Phase phase = ledger.open(new Schedule(0, 10, 4), 0);
    ledger.arrived(0, 2, 10 * MILLI + 200 * MILLI);
    ledger.arrived(0, 2, 90 * MILLI + 200 * MILLI);
    assertEquals(1, phase.duplicates());
    assertEquals(1, phase.arrivedCount());
    assertEquals(10, Latency.of(phase.latency()).max(), 0.01);
    assertEquals(0, ledger.outOfOrder());
  }

  @Test
  void orderIsPerTopic() {
    ledger.open(new Schedule(0, 10, 6), 0);
    ledger.arrived(0, 2, 1);
    ledger.arrived(1, 1, 1);
    assertEquals(0, ledger.outOfOrder());
    ledger.arrived(0, 0, 1);
    ledger.arrived(0, 4, 1);
    assertEquals(1, ledger.outOfOrder());
  }

  @Test
  void aLateMessageCountsInItsOwnPhase() {
    Phase first = ledger.open(new Schedule(0, 10, 2), 0);
    Phase second = ledger.open(new Schedule(0, 10, 2), 0);
    assertEquals(List.of(0L, 2L), List.of(first.number(0), second.number(0)));
    ledger.arrived(0, 2, 1);
    ledger.arrived(1, 1, 1);
    assertEquals(1, first.arrivedCount());
    assertEquals(1, second.arrivedCount());
  }

  @Test
  void noticesWhatItDidNotSendOrNotToThatClient() {
    Phase phase = ledger.open(new Schedule(0, 10, 2), 0);
    ledger.arrived(0, -1, 1);
    ledger.arrived(0, 1, 1);
    ledger.arrived(0, 2, 1);
    assertEquals(3, ledger.foreign());
    assertEquals(0, phase.arrivedCount());
  }
}
