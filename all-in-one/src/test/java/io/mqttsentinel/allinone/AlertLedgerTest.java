package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AlertLedgerTest {

  private final AlertLedger ledger = new AlertLedger();

  @Test
  void anAlertIsMissingUntilItArrives() {
    ledger.sent("a", "device-1", 0);
    assertEquals(List.of("alert a to device-1"), ledger.missing());

    ledger.arrived("a", "device-1", 7_000_000);

    assertEquals(List.of(), ledger.missing());
    assertEquals(1, ledger.delivered());
    assertEquals(7.0, ledger.latency().getMaxValue() / 1000.0, 0.01);
    assertEquals(1, ledger.recentLatency().getTotalCount());
    assertEquals(0, ledger.recentLatency().getTotalCount());
  }

  @Test
  void anAlertAtAWrongDeviceIsStillMissing() {
    ledger.sent("a", "device-1", 0);

    ledger.arrived("a", "device-2", 1);

    assertEquals(List.of("alert a to device-1 arrived at device-2"), ledger.misdelivered());
    assertEquals(1, ledger.missing().size());
    assertEquals(0, ledger.delivered());
  }

  @Test
  void anAlertThatAlsoReachesAWrongDeviceIsMisdelivered() {
    ledger.sent("a", "device-1", 0);
    ledger.arrived("a", "device-1", 1);

    ledger.arrived("a", "device-2", 2);

    assertEquals(List.of("alert a to device-1 arrived at device-2"), ledger.misdelivered());
  }

  @Test
  void aSecondArrivalIsADuplicateAndCountsOnce() {
    ledger.sent("a", "device-1", 0);
    ledger.arrived("a", "device-1", 1);
    ledger.arrived("a", "device-1", 2);

    assertEquals(1, ledger.duplicates());
    assertEquals(1, ledger.delivered());
    assertEquals(1, ledger.latency().getTotalCount());
  }

  @Test
  void alertsOfAnotherRunAreNotItsOwn() {
    ledger.arrived("earlier", "device-1", 1);

    assertEquals(0, ledger.delivered());
    assertEquals(List.of(), ledger.misdelivered());
  }

  @Test
  void whatTheOriginDidNotTakeWasNotSent() {
    ledger.sent("a", "device-1", 0);
    ledger.notSent("a");

    assertEquals(0, ledger.sent());
    assertEquals(List.of(), ledger.missing());
  }
}
