package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import org.junit.jupiter.api.Test;

final class AttemptTest {

  private static final String CLIENT = "mallory-1";
  private static final String TOPIC = "clients/mallory-1/telemetry";
  private static final String HASH = "aa";

  @Test
  void aRefusalNeedsTheAnswerAndTheEvent() {
    Attempt attempt = new Attempt(Attack.FOREIGN_PUBLISH, CLIENT, "clients/device-1/alerts", null);
    assertMissing("was not answered", attempt);

    attempt.answered(0);
    assertMissing("was answered with 0x00", attempt);

    attempt.answered(0x87);
    assertMissing("is not in security.events", attempt);

    attempt.reported(Events.refusal(CLIENT, "clients/device-1/alerts", "not_authorized"));
    assertTrue(attempt.isHandled());
  }

  @Test
  void aBlockedMessageMustNotArrive() {
    Attempt attempt = new Attempt(Attack.XSS, CLIENT, TOPIC, HASH);

    attempt.reported(Events.message(CLIENT, TOPIC, HASH, "xss_attempt", Action.BLOCK));
    assertTrue(attempt.isHandled());

    attempt.delivered();
    assertMissing("was delivered", attempt);
  }

  @Test
  void lessThanIsDueIsNotEnough() {
    Attempt attempt = new Attempt(Attack.XSS, CLIENT, TOPIC, HASH);

    attempt.reported(Events.message(CLIENT, TOPIC, HASH, "entropy", Action.FLAG));

    assertMissing("got FLAG (entropy)", attempt);
  }

  @Test
  void aFlaggedMessageMayArrive() {
    Attempt attempt = new Attempt(Attack.RANDOM_BYTES, CLIENT, TOPIC, HASH);
    attempt.delivered();

    attempt.reported(Events.message(CLIENT, TOPIC, HASH, "entropy", Action.FLAG));

    assertTrue(attempt.isHandled());
  }

  @Test
  void eventsOfOtherClientsTopicsAndPayloadsAreNotAboutIt() {
    Attempt attempt = new Attempt(Attack.XSS, CLIENT, TOPIC, HASH);

    attempt.reported(Events.message("mallory-2", TOPIC, HASH, "xss_attempt", Action.BLOCK));
    attempt.reported(Events.message(CLIENT, TOPIC + "/2", HASH, "xss_attempt", Action.BLOCK));
    attempt.reported(Events.message(CLIENT, TOPIC, "bb", "xss_attempt", Action.BLOCK));

    assertFalse(attempt.isHandled());
  }

  private static void assertMissing(String what, Attempt attempt) {
    String missing = attempt.missing().orElse("nothing");
    assertTrue(missing.contains(what), missing);
    assertEquals(missing.equals("nothing"), attempt.isHandled());
  }
}
