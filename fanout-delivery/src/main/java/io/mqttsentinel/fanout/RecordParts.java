package io.mqttsentinel.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Divides targets so that a record with the largest message stays below Kafka's megabyte. */
final class RecordParts {

  static final int TARGET_BYTES = 400_000;

  private static final int FIXED_BYTES = 40;
  private static final int BYTES_A_CHARACTER = 3;
  private static final int BYTES_AN_ID = 5;

  private RecordParts() {}

  static <T> List<List<T>> of(List<T> targets, ToIntFunction<T> bytes) {
    List<List<T>> parts = new ArrayList<>(1);
    int start = 0;
    int size = 0;
    for (int i = 0; i < targets.size(); i++) {
      int next = bytes.applyAsInt(targets.get(i));
      if (size + next > TARGET_BYTES && i > start) {
        parts.add(targets.subList(start, i));
        start = i;
        size = 0;
      }
      size += next;
    }
    parts.add(targets.subList(start, targets.size()));
    return parts;
  }

  /** At most so many bytes in a record. */
  static int size(String clientId, List<Integer> subscriptionIds) {
    return FIXED_BYTES
        + clientId.length() * BYTES_A_CHARACTER
        + subscriptionIds.size() * BYTES_AN_ID;
  }
}
