package io.mqttsentinel.aggregator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Keeps a flood of refusals from becoming a flood of events. The first of its kind is reported, the
 * same from the same client and address is counted; so are, from an address that has had many
 * different ones reported, all further ones, and all of a type once too many kinds are known. The
 * counts are reported when a window ends. Memory is bounded by the capacity.
 *
 * <p>Counts that are lost when the process dies are no loss: the records are still in their topic.
 */
final class RepeatFilter {

  /** How much the repeats have in common. */
  enum Scope {
    CLIENT,
    ADDRESS,
    TYPE
  }

  /** What was held back within a window, told by the last of it. */
  record Repeats(Refusal last, Scope scope, long count, Instant since) {}

  private record Key(Scope scope, String type, String detail, String clientId, String source) {}

  private static final class Bucket {
    private Instant since;
    private long repeats;
    private int kinds;
    private Refusal last;

    Bucket(Instant since) {
      this.since = since;
    }
  }

  private final Duration window;
  private final int perAddress;
  private final int capacity;
  private final Map<Key, Bucket> buckets = new HashMap<>();

  RepeatFilter(Duration window, int perAddress, int capacity) {
    this.window = window;
    this.perAddress = perAddress;
    this.capacity = capacity;
  }

  /** Whether to report it; otherwise it has been counted. */
  boolean isNews(Refusal refusal, Instant now) {
    String source = PeerAddress.source(refusal.remoteAddress());
    Key exact = new Key(Scope.CLIENT, refusal.type(), refusal.detail(), refusal.clientId(), source);
    Key address = new Key(Scope.ADDRESS, refusal.type(), "", "", source);
    if (isCounted(buckets.get(exact), refusal)) {
      return false;
    }
    Bucket ofAddress = buckets.get(address);
    if (ofAddress != null && ofAddress.kinds >= perAddress) {
      return !isCounted(ofAddress, refusal);
    }
    if (buckets.size() >= capacity) {
      Key type = new Key(Scope.TYPE, refusal.type(), "", "", "");
      if (isCounted(buckets.get(type), refusal)) {
        return false;
      }
      // Types are few words of our own services: they may go beyond the capacity.
      buckets.put(type, new Bucket(now));
      return true;
    }
    buckets.put(exact, new Bucket(now));
    buckets.computeIfAbsent(address, a -> new Bucket(now)).kinds++;
    return true;
  }

  /** The counts of the windows that have ended; what goes on repeating opens its next window. */
  List<Repeats> ended(Instant now) {
    List<Repeats> ended = new ArrayList<>();
    Iterator<Map.Entry<Key, Bucket>> each = buckets.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Key, Bucket> entry = each.next();
      Bucket bucket = entry.getValue();
      if (now.isBefore(bucket.since.plus(window))) {
        continue;
      }
      if (bucket.repeats == 0) {
        each.remove();
        continue;
      }
      ended.add(new Repeats(bucket.last, entry.getKey().scope(), bucket.repeats, bucket.since));
      bucket.repeats = 0;
      bucket.last = null;
      bucket.since = now;
    }
    return ended;
  }

  int size() {
    return buckets.size();
  }

  private static boolean isCounted(Bucket bucket, Refusal refusal) {
    if (bucket == null) {
      return false;
    }
    bucket.repeats++;
    bucket.last = refusal;
    return true;
  }
}
