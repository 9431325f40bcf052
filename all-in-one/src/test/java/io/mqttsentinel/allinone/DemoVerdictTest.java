package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DemoVerdictTest {

  private final AlertLedger alerts = new AlertLedger();

  @BeforeEach
  void oneAlertArrives() {
    alerts.sent("a", "device-1", 0);
    alerts.arrived("a", "device-1", 1);
  }

  @Test
  void passesWhenEverythingWasRight() {
    DemoVerdict verdict = DemoVerdict.of(alerts, everyAttackHandled(), List.of());

    assertEquals(List.of(), verdict.failures());
    assertTrue(verdict.passed());
  }

  @Test
  void failsWithoutAnyAlert() {
    DemoVerdict verdict = DemoVerdict.of(new AlertLedger(), everyAttackHandled(), List.of());

    assertEquals(List.of("no alert was sent"), verdict.failures());
    assertFalse(verdict.passed());
  }

  @Test
  void namesAMissingAndAMisdeliveredAlert() {
    alerts.sent("b", "device-2", 0);
    alerts.arrived("b", "device-1", 1);

    assertEquals(
        List.of(
            "alert b to device-2 did not arrive",
            "alert b to device-2 arrived at device-1 went to the wrong device"),
        DemoVerdict.of(alerts, everyAttackHandled(), List.of()).failures());
  }

  @Test
  void manyMissingAlertsAreSummedUp() {
    IntStream.range(0, 25).forEach(i -> alerts.sent("m" + i, "device-1", 0));

    List<String> failures = DemoVerdict.of(alerts, everyAttackHandled(), List.of()).failures();

    assertEquals(11, failures.size());
    assertEquals("15 more alerts did not arrive", failures.getLast());
  }

  @Test
  void namesAnAttackThatWasNotTried() {
    List<Attempt> attempts =
        everyAttackHandled().stream().filter(a -> a.attack() != Attack.XSS).toList();

    assertEquals(
        List.of("cross-site scripting was not tried"),
        DemoVerdict.of(alerts, attempts, List.of()).failures());
  }

  @Test
  void namesAnAttackThatGotThrough() {
    List<Attempt> attempts = everyAttackHandled();
    attempts.stream()
        .filter(attempt -> attempt.attack() == Attack.SQL_INJECTION)
        .forEach(Attempt::delivered);

    assertEquals(
        List.of("SQL injection by mallory should have been blocked, but was delivered"),
        DemoVerdict.of(alerts, attempts, List.of()).failures());
  }

  @Test
  void namesTroubleOfTheDemoItself() {
    assertEquals(
        List.of("device-3 lost its connection"),
        DemoVerdict.of(alerts, everyAttackHandled(), List.of("device-3 lost its connection"))
            .failures());
  }

  private static List<Attempt> everyAttackHandled() {
    return Arrays.stream(Attack.values()).map(DemoVerdictTest::handled).toList();
  }

  private static Attempt handled(Attack attack) {
    Attempt attempt = new Attempt(attack, "mallory", "t", null);
    attempt.answered(0x87);
    attempt.reported(Events.message("mallory", "t", null, "rule", Action.BLOCK));
    return attempt;
  }
}
