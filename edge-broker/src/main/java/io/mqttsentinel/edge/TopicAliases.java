package io.mqttsentinel.edge;

import java.util.HashMap;
import java.util.Map;

/** Aliases of topics on the way to a client, given as topics come (MQTT 5.0, 3.3.2.3.4). */
final class TopicAliases {

  static final int NONE = 0;

  private final int most;
  private final Map<String, Integer> aliases = new HashMap<>(4);

  TopicAliases(int most) {
    this.most = most;
  }

  int find(String topic) {
    return aliases.getOrDefault(topic, NONE);
  }

  boolean hasRoom() {
    return aliases.size() < most;
  }

  int next() {
    return aliases.size() + 1;
  }

  /** Gives a topic the next alias. */
  void assign(String topic) {
    aliases.put(topic, next());
  }
}
