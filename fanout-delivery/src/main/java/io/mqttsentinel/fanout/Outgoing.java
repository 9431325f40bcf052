package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.DeliveryTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deliveries of several messages to several sessions, which share a record where the order of each
 * session allows it: its deliveries lie in records that follow each other.
 */
final class Outgoing {

  private final List<Entry> entries = new ArrayList<>();
  private final Map<Key, Integer> latest = new HashMap<>();
  private int last; // of the session that is being added

  private record Key(int lane, long epoch, long sequence, String publisher, boolean received) {}

  private record Entry(int lane, ClientMessage message, LaneBatch targets) {}

  /** What is added from now on is for another session. */
  void nextSession() {
    last = -1;
  }

  void add(int lane, ClientMessage message, DeliveryTarget target) {
    Key key =
        new Key(
            lane,
            message.getEpoch(),
            message.getSequence(),
            message.getPublisher(),
            target.getReceived());
    Integer at = latest.get(key);
    if (at == null || at <= last) {
      at = entries.size();
      entries.add(new Entry(lane, message, new LaneBatch()));
      latest.put(key, at);
    }
    entries.get(at).targets().add(lane, target);
    last = at;
  }

  void send(Outbox outbox) {
    entries.forEach(entry -> entry.targets().send(entry.message(), outbox));
  }
}
