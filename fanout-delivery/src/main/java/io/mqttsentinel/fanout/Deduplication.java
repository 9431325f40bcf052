package io.mqttsentinel.fanout;

import io.mqttsentinel.runtime.StoreSweep;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.SeenMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Knows which messages were seen before, by the ascending sequence of their publisher. What is read
 * again after a crash is no duplicate: what it led to may have been lost. The store may then be
 * ahead of the records; it says, too, what was known at the last commit, from where they are read
 * again.
 */
final class Deduplication {

  private static final Duration PASS = Duration.ofMinutes(1);
  private static final int SWEPT_AT_A_TIME = 2_000;
  private static final long NONE = -1;

  private final KeyValueStore<String, SeenMessage> store;
  private final Commits commits;
  private final Duration age;
  private final StoreSweep<SeenMessage> sweep;
  private final Map<String, SeenMessage> sinceCommit = new HashMap<>();

  Deduplication(KeyValueStore<String, SeenMessage> store, Commits commits, Duration age) {
    this.store = store;
    this.commits = commits;
    this.age = age;
    this.sweep = new StoreSweep<>(store, PASS);
  }

  /** Notes the message unless it is a duplicate. */
  boolean isDuplicate(String publisher, long sequence, long offset, Instant now) {
    SeenMessage last = last(publisher, offset);
    if (last != null && sequence <= last.getSequence()) {
      return true;
    }
    note(publisher, last, sequence, 0L, offset, now);
    return false;
  }

  /**
   * Notes the QoS 2 PUBLISH unless it is a duplicate: a client may repeat it on its next connection
   * with another sequence. Its packet id comes to mean another message only when it is released.
   */
  boolean isDuplicate(String publisher, ExactlyOnce publish, long offset, Instant now) {
    String key = "#" + publish.getPacketId() + '/' + publisher;
    SeenMessage last = last(key, offset);
    if (last != null
        && last.getEpoch() == publish.getEpoch()
        && last.getSequence() == publish.getSequence()) {
      return true;
    }
    note(key, last, publish.getSequence(), publish.getEpoch(), offset, now);
    return false;
  }

  /** What was seen before the record at this offset; null: nothing. */
  private SeenMessage last(String publisher, long offset) {
    SeenMessage recent = sinceCommit.get(publisher);
    if (recent != null) {
      return recent;
    }
    SeenMessage stored = store.get(publisher);
    if (stored == null || offset > stored.getOffset()) {
      return stored;
    }
    stored.setSequence(stored.getSequenceBefore());
    stored.setEpoch(stored.getEpochBefore());
    return stored;
  }

  private void note(
      String publisher, SeenMessage last, long sequence, long epoch, long offset, Instant now) {
    if (sinceCommit.isEmpty()) {
      commits.whenSafe(sinceCommit::clear);
    }
    SeenMessage seen = new SeenMessage(sequence, offset, now, epoch, NONE, 0L);
    if (sinceCommit.containsKey(publisher)) {
      seen.setSequenceBefore(last.getSequenceBefore());
      seen.setEpochBefore(last.getEpochBefore());
    } else if (last != null) {
      seen.setSequenceBefore(last.getSequence());
      seen.setEpochBefore(last.getEpoch());
    }
    sinceCommit.put(publisher, seen);
    store.put(publisher, seen);
  }

  /** Forgets silent publishers, a slice of the store at a time, so that no message has to wait. */
  void sweep(Instant now) {
    Instant oldest = now.minus(age);
    sweep.next(
        now,
        SWEPT_AT_A_TIME,
        (publisher, seen) -> {
          if (seen.getSeenAt().isBefore(oldest)) {
            store.delete(publisher);
          }
        });
  }
}
