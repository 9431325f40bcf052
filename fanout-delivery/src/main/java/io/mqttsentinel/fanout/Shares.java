package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.StoredSubscription;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who of a shared subscription gets the next message (MQTT 5.0, 4.8.2): connected members in turn;
 * without any, a member whose session keeps it. With QoS 2 the offset decides, so that a message
 * that is read again after a crash goes to the same member.
 */
final class Shares {

  private static final int REMEMBERED = 10_000;
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L; // 2^64 / golden ratio

  private final Map<String, Integer> turns =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > REMEMBERED;
        }
      };

  StoredSubscription next(
      String topicFilter, List<StoredSubscription> members, int qos, long offset) {
    List<StoredSubscription> present =
        members.stream().filter(StoredSubscription::getConnected).toList();
    List<StoredSubscription> candidates =
        (present.isEmpty() ? members : present)
            .stream().sorted(Comparator.comparing(StoredSubscription::getClientId)).toList();
    long turn = qos == 2 ? (offset * SPREAD) >>> 33 : turns.merge(topicFilter, 1, Integer::sum) - 1;
    return candidates.get((int) Math.floorMod(turn, (long) candidates.size()));
  }
}
