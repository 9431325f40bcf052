package io.mqttsentinel.allinone;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Which alerts were sent to whom, which arrived where, and how long they took. */
final class AlertLedger {

  private static final int DIGITS = 3;

  private final Map<String, Alert> onTheWay = new ConcurrentHashMap<>();
  private final Map<String, String> delivered = new ConcurrentHashMap<>();
  private final List<String> misdelivered = new ArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private final Histogram wholeRun = new Histogram(DIGITS);
  private final Recorder recent = new Recorder(DIGITS);

  private record Alert(String device, long sentNanos) {}

  /** Notes an alert just before it is published. */
  void sent(String id, String device, long nanos) {
    sent.incrementAndGet();
    onTheWay.put(id, new Alert(device, nanos));
  }

  /** Notes that the origin did not take an alert. */
  void notSent(String id) {
    if (onTheWay.remove(id) != null) {
      sent.decrementAndGet();
    }
  }

  /** Notes an arrival; an id that nobody sent comes from an earlier run and is none of ours. */
  void arrived(String id, String device, long nanos) {
    String before = delivered.get(id);
    if (before != null) {
      if (before.equals(device)) {
        duplicates.incrementAndGet();
      } else {
        wrong(id, device, before);
      }
      return;
    }
    Alert alert = onTheWay.get(id);
    if (alert == null) {
      return;
    }
    if (!alert.device.equals(device)) {
      wrong(id, device, alert.device);
      return;
    }
    delivered.put(id, device);
    onTheWay.remove(id);
    record(nanos - alert.sentNanos);
  }

  long sent() {
    return sent.get();
  }

  long delivered() {
    return delivered.size();
  }

  long duplicates() {
    return duplicates.get();
  }

  /** Alerts that arrived where they did not belong, one line each. */
  synchronized List<String> misdelivered() {
    return List.copyOf(misdelivered);
  }

  /** Alerts that have not arrived, one line each. */
  List<String> missing() {
    return onTheWay.entrySet().stream()
        .map(entry -> "alert %s to %s".formatted(entry.getKey(), entry.getValue().device))
        .sorted()
        .toList();
  }

  /** Microseconds, over the whole run. */
  synchronized Histogram latency() {
    return wholeRun.copy();
  }

  /** Microseconds, since the last call. */
  Histogram recentLatency() {
    return recent.getIntervalHistogram();
  }

  private void record(long nanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, nanos));
    recent.recordValue(micros);
    synchronized (this) {
      wholeRun.recordValue(micros);
    }
  }

  private synchronized void wrong(String id, String device, String owner) {
    misdelivered.add("alert %s to %s arrived at %s".formatted(id, owner, device));
  }
}
