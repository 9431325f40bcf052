package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge must see what it is there to see. */
class LedgerTest {

  private static final String LEAST = "fleet/p/least";
  private static final String ONCE = "fleet/p/once";

  private final Ledger ledger = new Ledger();

  @BeforeEach
  void twoTopicsAndTwoReaders() {
    ledger.topic(LEAST, 1);
    ledger.topic(ONCE, 2);
    ledger.subscriber("all", new TopicFilter("fleet/#", 2));
    ledger.subscriber("least", new TopicFilter("fleet/+/least", 1));
  }

  @Test
  void whatWasAcknowledgedAndDidNotComeIsLost() {
    ledger.acknowledged(note(LEAST, 0));
    ledger.acknowledged(note(LEAST, 1));
    arrive("all", LEAST, 0, 1);
    arrive("all", LEAST, 1, 1);
    arrive("least", LEAST, 0, 1);
    assertEquals(List.of("fleet/p/least#1 for least"), ledger.lost());
  }

  @Test
  void whatWasNotAcknowledgedMayBeMissingOrCome() {
    arrive("all", LEAST, 7, 1);
    assertEquals(List.of(), ledger.lost());
    assertEquals(List.of(), ledger.wrong());
  }

  @Test
  void aCopyIsAllowedWithQos1Only() {
    arrive("all", LEAST, 0, 1);
    arrive("all", LEAST, 0, 1);
    assertEquals(List.of(), ledger.repeatedOnce());
    assertEquals(1, ledger.repeatedAtLeastOnce());
    arrive("all", ONCE, 0, 2);
    arrive("all", ONCE, 0, 2);
    assertEquals(List.of("fleet/p/once#0 at all"), ledger.repeatedOnce());
  }

  @Test
  void aFirstCopyBehindALaterMessageIsOutOfOrder() {
    arrive("all", LEAST, 1, 1);
    arrive("all", LEAST, 0, 1);
    assertEquals(List.of("fleet/p/least#0 after #1 at all"), ledger.outOfOrder());
  }

  @Test
  void aSecondCopyBehindALaterMessageIsNot() {
    arrive("all", LEAST, 0, 1);
    arrive("all", LEAST, 1, 1);
    arrive("all", LEAST, 0, 1);
    assertEquals(List.of(), ledger.outOfOrder());
  }

  @Test
  void aMessageWithoutASubscriptionIsWrong() {
    arrive("least", ONCE, 0, 2);
    assertEquals(List.of("least got fleet/p/once#0 without a subscription"), ledger.wrong());
  }

  @Test
  void aPayloadThatBelongsElsewhereIsWrong() {
    ledger.arrived("all", LEAST, Optional.of(note(ONCE, 0)), 1);
    ledger.arrived("all", LEAST, Optional.empty(), 1);
    assertEquals(2, ledger.wrong().size());
  }

  @Test
  void anotherQosThanAskedForIsWrong() {
    arrive("all", ONCE, 0, 1);
    assertTrue(ledger.wrong().getFirst().contains("QoS 1 instead of 2"), ledger.wrong()::toString);
  }

  @Test
  void aRefusalIsWrong() {
    ledger.refused(note(LEAST, 3), 0x97);
    assertEquals(List.of("fleet/p/least#3 was refused with 0x97"), ledger.wrong());
  }

  private void arrive(String clientId, String topic, int number, int qos) {
    ledger.arrived(clientId, topic, Optional.of(note(topic, number)), qos);
  }

  private static Note note(String topic, int number) {
    return new Note("p", number, topic);
  }
}
