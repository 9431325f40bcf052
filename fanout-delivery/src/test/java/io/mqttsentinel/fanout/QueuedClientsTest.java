package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class QueuedClientsTest {

  private static final int ALL = 100;

  private final CrashingStore<Bytes, byte[]> store =
      new CrashingStore<>("queue", Serdes.Bytes(), Serdes.ByteArray());
  private final QueuedClients clients = new QueuedClients(store);

  @Test
  void beforeTheSurveyAnybodyMayHaveMessages() {
    assertTrue(clients.mayHave("a"));
    assertFalse(clients.isKnown("a"));

    assertFalse(clients.survey(ALL, id -> true));
    assertFalse(clients.mayHave("a"));
    assertTrue(clients.isKnown("a"));
  }

  @Test
  void surveyFindsWhoHasMessages() {
    window("a");
    window("b");
    message("b", 7);
    message("b", 8);
    message("bb", 9);
    window("c");

    assertFalse(clients.survey(ALL, id -> true));

    assertEquals(List.of("b", "bb"), whoMayHave("a", "b", "bb", "c", "d"));
  }

  @Test
  void whatChangesDuringTheSurveyIsCountedOnce() {
    for (String id : List.of("a", "b", "c", "d")) {
      message(id, 1);
    }
    assertTrue(clients.survey(2, id -> true));
    assertTrue(clients.isKnown("b"));
    assertFalse(clients.isKnown("c"));

    remove("a"); // behind the survey
    add("aa");
    remove("c"); // before it
    add("dd");
    assertFalse(clients.survey(ALL, id -> true));
    assertEquals(List.of("aa", "b", "d", "dd"), whoMayHave("a", "aa", "b", "c", "d", "dd"));

    for (String id : List.of("aa", "b", "d", "dd")) {
      remove(id);
    }
    assertEquals(List.of(), whoMayHave("a", "aa", "b", "c", "d", "dd"));
  }

  @Test
  void surveyTakesAwayWhatACrashLeftOfNobody() {
    window("a");
    message("a", 1);
    window("b");
    message("b", 2);

    clients.survey(ALL, "b"::equals);

    assertEquals(List.of("b"), whoMayHave("a", "b"));
    List<Bytes> left = new ArrayList<>();
    store.all().forEachRemaining(entry -> left.add(entry.key));
    assertEquals(List.of(DeliveryQueue.key("b", 0), DeliveryQueue.key("b", 2)), left);
  }

  private void window(String clientId) {
    message(clientId, 0);
  }

  private void message(String clientId, long id) {
    store.put(DeliveryQueue.key(clientId, id), new byte[0]);
  }

  private void add(String clientId) {
    message(clientId, 1);
    clients.filled(clientId);
  }

  private void remove(String clientId) {
    store.delete(DeliveryQueue.key(clientId, 1));
    clients.emptied(clientId);
  }

  private List<String> whoMayHave(String... clientIds) {
    return List.of(clientIds).stream().filter(clients::mayHave).toList();
  }
}
