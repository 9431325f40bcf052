package io.mqttsentinel.authverifier;

import static io.mqttsentinel.authverifier.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginWatchTest {

  private static final String HOME = "192.0.2.1:1000";
  private static final String ELSEWHERE = "198.51.100.1:1000";

  private final LoginWatch watch =
      new LoginWatch(new LoginWatchConfig(Duration.ofMinutes(10), 5, 4, 3, 100));
  private final List<String> found = new ArrayList<>();
  private int second;

  @Test
  void loginAfterEnoughFailures() {
    fail(4);
    login(1, HOME);
    fail(5);
    login(2, HOME);
    login(3, HOME);
    assertEquals(List.of(LoginWatch.LOGIN_AFTER_FAILURES), found);
  }

  @Test
  void oldFailuresAreForgiven() {
    fail(5);
    second += 601;
    login(1, HOME);
    assertEquals(List.of(), found);
  }

  @Test
  void failingBackendIsNotTheClientsFault() {
    for (int i = 0; i < 9; i++) {
      note(AuditActivity.CONNECT, AuditOutcome.FAILURE, "backend_failed", 0, HOME);
    }
    login(1, HOME);
    assertEquals(List.of(), found);
  }

  @Test
  void probingIsReportedOnceForSoManyDenials() {
    for (int i = 0; i < 9; i++) {
      AuditActivity what = i % 2 == 0 ? AuditActivity.PUBLISH : AuditActivity.SUBSCRIBE;
      note(what, AuditOutcome.FAILURE, "denied", 1, HOME);
    }
    assertEquals(List.of(LoginWatch.PERMISSION_PROBING, LoginWatch.PERMISSION_PROBING), found);
  }

  @Test
  void clientIdThatTwoTakeFromEachOther() {
    login(1, HOME);
    login(2, ELSEWHERE);
    over(1, HOME);
    login(3, HOME);
    over(2, ELSEWHERE);
    assertEquals(List.of(), found);
    login(4, ELSEWHERE);
    assertEquals(List.of(LoginWatch.CLIENT_ID_SHARED), found);
  }

  @Test
  void clientThatMovesIsNoTwo() {
    for (int i = 1; i < 20; i++) {
      login(i, i % 2 == 0 ? HOME : ELSEWHERE);
      over(i, HOME);
    }
    assertEquals(List.of(), found);
  }

  @Test
  void clientThatComesBackFromItsOwnAddressIsNoTwo() {
    for (int i = 1; i < 20; i++) {
      login(i, "192.0.2.1:" + i);
    }
    assertEquals(List.of(), found);
  }

  @Test
  void rememberedClientsAreBounded() {
    for (int i = 0; i < 1000; i++) {
      assertTrue(watch.note(Samples.refusedLogin("c" + i, START)).isEmpty());
    }
    assertEquals(100, watch.watched());
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      note(AuditActivity.CONNECT, AuditOutcome.FAILURE, "bad_credentials", 0, ELSEWHERE);
    }
  }

  private void login(long epoch, String address) {
    note(AuditActivity.CONNECT, AuditOutcome.SUCCESS, "", epoch, address);
  }

  private void over(long epoch, String address) {
    note(AuditActivity.DISCONNECT, AuditOutcome.SUCCESS, "", epoch, address);
  }

  private void note(
      AuditActivity activity, AuditOutcome outcome, String cause, long epoch, String address) {
    AuthAudit audit =
        Samples.audit(activity, outcome, cause, "a", epoch, address, START.plusSeconds(second++));
    watch.note(audit).map(Finding::getRuleId).ifPresent(found::add);
  }
}
