package io.mqttsentinel.benchmarks;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The messages of one stretch of time and what became of them. Not thread-safe: belongs to the
 * thread that receives.
 *
 * <p>The first messages of a phase settle the system after the pause before it: they are sent and
 * must arrive, but their latency does not count.
 */
final class Phase {

  private final long first;
  private final Schedule schedule;
  private final long settling;
  private final BitSet arrived = new BitSet();
  private final Histogram latency = Latency.histogram();
  private final long[] arrivedAt;
  private long duplicates;

  /**
   * @param first the number of the phase's first message
   * @param settling how many messages at the start are not measured
   */
  Phase(long first, Schedule schedule, long settling) {
    this.first = first;
    this.schedule = schedule;
    this.settling = settling;
    this.arrivedAt = new long[Math.toIntExact(schedule.count())];
  }

  /** The number of the message with this place in the schedule. */
  long number(long index) {
    return first + index;
  }

  boolean contains(long number) {
    return number >= first && number < first + schedule.count();
  }

  /** Notes an arrival; false for a second one of the same message. */
  boolean arrived(long number, long nowNanos) {
    int index = (int) (number - first);
    if (arrived.get(index)) {
      duplicates++;
      return false;
    }
    arrived.set(index);
    arrivedAt[index] = nowNanos;
    if (index >= settling) {
      Latency.record(latency, nowNanos - schedule.intendedNanos(index));
    }
    return true;
  }

  /** Whether a message's latency counts and it arrived. */
  boolean isMeasured(long number) {
    int index = (int) (number - first);
    return index >= settling && arrived.get(index);
  }

  long arrivedNanos(long number) {
    return arrivedAt[(int) (number - first)];
  }

  long intendedNanos(long number) {
    return schedule.intendedNanos(number - first);
  }

  Schedule schedule() {
    return schedule;
  }

  long arrivedCount() {
    return arrived.cardinality();
  }

  long duplicates() {
    return duplicates;
  }

  Histogram latency() {
    return latency;
  }

  /**
   * The measured messages parted by when they were sent.
   *
   * @param parts of equal length
   */
  List<Latency> parts(int parts) {
    long measured = schedule.count() - settling;
    List<Latency> latencies = new ArrayList<>(parts);
    for (int part = 0; part < parts; part++) {
      Histogram histogram = Latency.histogram();
      long end = settling + measured * (part + 1) / parts;
      for (long i = settling + measured * part / parts; i < end; i++) {
        if (arrived.get((int) i)) {
          Latency.record(histogram, arrivedAt[(int) i] - schedule.intendedNanos(i));
        }
      }
      latencies.add(Latency.of(histogram));
    }
    return latencies;
  }
}
