package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReturnPaceTest {

  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final long SECOND = 1_000_000_000;
  private static final long STEP = SECOND / 1_000;

  private final ReturnPace pace = new ReturnPace(WITHIN, 0);
  private long now;

  @Test
  void manyComeEvenlyAndInTime() {
    cutOff(20_000);
    assertEquals(10_000, come(10_000, 20_000), 100);
    assertEquals(10_000, come(10_100, 10_000));
  }

  @Test
  void whenAllAreBackAnyNumberMayCome() {
    cutOff(20_000);
    come(20_200, 20_000);
    assertEquals(5_000, come(1, 5_000));
  }

  @Test
  void whoDoesNotComeIsForgotten() {
    cutOff(20_000);
    now += 2 * WITHIN.toNanos() + 1;
    assertEquals(5_000, come(1, 5_000));
  }

  @Test
  void fewAreNoStorm() {
    cutOff(ReturnPace.FEW - 1);
    assertEquals(5_000, come(1, 5_000));
  }

  @Test
  void aSmallStormIsSoonOver() {
    cutOff(ReturnPace.FEW);
    assertEquals(ReturnPace.LEAST, come(1_000, ReturnPace.FEW), 5);
  }

  @Test
  void whereManyComeAndGoAllTheTimeTheyStillMay() {
    for (int i = 0; i < 120_000; i++) { // 1500 a second
      now += SECOND / 1_500;
      assertTrue(pace.mayCome(now));
      pace.broke(now);
    }
    cutOff(5_000);
    assertTrue(come(2_000, 5_000) > 2 * 1_500);
  }

  @Test
  void withoutATimeNobodyWaits() {
    ReturnPace any = new ReturnPace(Duration.ZERO, 0);
    for (int i = 0; i < 10_000; i++) {
      any.broke(now);
    }
    for (int i = 0; i < 10_000; i++) {
      assertTrue(any.mayCome(now));
    }
  }

  private void cutOff(int count) {
    for (int i = 0; i < count; i++) {
      pace.broke(now);
    }
  }

  /** How many of those who want to may come in so many milliseconds. */
  private int come(int millis, int want) {
    int came = 0;
    for (int i = 0; i < millis; i++) {
      now += STEP;
      while (came < want && pace.mayCome(now)) {
        came++;
      }
    }
    return came;
  }
}
