package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RemoteAddress;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts hits of rules that have a threshold, by the time at which messages were accepted. In
 * memory, for the partitions of one task: what is counted by client is complete, because a client's
 * messages lie in one partition. All counts of a task together hold about 8 MB; where that is too
 * little, those are forgotten whose last hit is the longest ago, whatever their rule, and start
 * anew.
 */
final class Thresholds {

  /** Of eight bytes: the times of hits, and what there is for each count beside them. */
  private static final int MOST_UNITS = 1 << 20;

  private static final int UNITS_OF_COUNT = 16;
  private static final int CHARACTERS_IN_UNIT = 4;
  private static final int FIRST_TIMES = 4;

  private final int mostUnits;
  private final Map<Counted, Hits> counts = new LinkedHashMap<>(64, 0.75f, true);
  private int units;

  Thresholds() {
    this(MOST_UNITS);
  }

  /**
   * @param mostUnits of eight bytes, for all counts together
   */
  Thresholds(int mostUnits) {
    this.mostUnits = mostUnits;
  }

  /** Counts a hit; whether there are enough of them now. */
  boolean reached(Rule rule, InspectedMessage message) {
    Threshold threshold = rule.threshold();
    Counted counted = new Counted(rule.id(), value(threshold.by(), message));
    Hits hits = counts.get(counted); // which makes it the youngest
    if (hits == null) {
      hits = new Hits();
      counts.put(counted, hits);
      units += counted.units() + hits.times.length;
    }
    units -= hits.times.length;
    boolean enough = hits.add(message.getAcceptedAt().toEpochMilli(), threshold);
    units += hits.times.length;
    forgetOldest();
    return enough;
  }

  /** What all counts hold, in units of eight bytes. */
  int units() {
    return units;
  }

  private void forgetOldest() {
    Iterator<Map.Entry<Counted, Hits>> oldest = counts.entrySet().iterator();
    while (units > mostUnits && oldest.hasNext()) {
      Map.Entry<Counted, Hits> entry = oldest.next();
      units -= entry.getKey().units() + entry.getValue().times.length;
      oldest.remove();
    }
  }

  private static String value(Threshold.By by, InspectedMessage message) {
    return switch (by) {
      case CLIENT -> message.getClientId();
      case USERNAME -> message.getUsername() == null ? "" : message.getUsername();
      case ADDRESS -> RemoteAddress.host(message.getRemoteAddress());
      case TOPIC -> message.getTopic();
      case TENANT -> RuleScope.tenant(message);
      case ALL -> "";
    };
  }

  private record Counted(String rule, String value) {

    int units() {
      return UNITS_OF_COUNT + value.length() / CHARACTERS_IN_UNIT;
    }
  }

  /** The times of the last hits, no more than a threshold asks for. */
  private static final class Hits {

    private long[] times = new long[FIRST_TIMES];
    private int size;

    boolean add(long now, Threshold threshold) {
      if (size == threshold.count()) {
        System.arraycopy(times, 1, times, 0, --size);
      } else if (size == times.length) {
        times = Arrays.copyOf(times, Math.min(2 * size, threshold.count()));
      }
      times[size++] = now;
      return size == threshold.count() && now - times[0] <= threshold.window().toMillis();
    }
  }
}
