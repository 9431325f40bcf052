package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AlarmsTest {

  private static final Alarm ANY = Alarm.PAYLOAD_SIZE_RISE;
  private static final long START = Samples.START.toEpochMilli();

  private final Alarms alarms = new Alarms();

  @Test
  void threeInARowRaiseAndTheSameIsNotRepeatedForTenMinutes() {
    assertEquals(1, due(true, 2, 0) + due(true, 1, 2));
    assertEquals(0, due(true, 100, 3));
    assertEquals(1, due(true, 1, 602));
  }

  @Test
  void twoInARowAreChance() {
    assertEquals(0, due(true, 2, 0));
    assertFalse(alarms.isOn(ANY));
  }

  @Test
  void tenOrdinaryOnesClear() {
    assertEquals(1, due(true, 3, 0));
    due(false, 9, 3);
    assertTrue(alarms.isOn(ANY));
    due(false, 1, 12);
    assertFalse(alarms.isOn(ANY));
  }

  @Test
  void ordinaryOnesBetweenThemHideNothing() {
    int due = 0;
    for (int i = 0; i < 40; i += 2) {
      due += due(true, 1, i) + due(false, 1, i + 1);
    }
    assertEquals(1, due);
  }

  @Test
  void whereMessagesAreStoppedEachOneIsReported() {
    long due =
        IntStream.range(0, 20)
            .filter(i -> alarms.note(ANY, true, START + i, Samples.BASELINE, Action.QUARANTINE))
            .count();
    assertEquals(18, due);
  }

  private int due(boolean deviates, int points, int second) {
    int due = 0;
    for (int i = 0; i < points; i++) {
      due += alarms.note(ANY, deviates, START + second * 1000L, Samples.BASELINE) ? 1 : 0;
    }
    return due;
  }
}
