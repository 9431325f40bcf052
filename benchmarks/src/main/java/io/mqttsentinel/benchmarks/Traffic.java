package io.mqttsentinel.benchmarks;

import java.util.concurrent.atomic.AtomicLong;

/** What the generator's connections count together. */
final class Traffic {

  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unsendable = new AtomicLong();
  private final AtomicLong connectionsLost = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();
  private volatile String firstLoss;

  /** The broker took a message; for QoS 0, it was handed to the network. */
  void acknowledged() {
    acknowledged.incrementAndGet();
  }

  void refused() {
    refused.incrementAndGet();
  }

  /** A message whose connection was gone when its time came. */
  void unsendable() {
    unsendable.incrementAndGet();
  }

  void arrived() {
    arrived.incrementAndGet();
  }

  void connectionLost(String reason) {
    if (connectionsLost.getAndIncrement() == 0) {
      firstLoss = reason;
    }
  }

  /** The counts so far. */
  Counts counts() {
    return new Counts(
        acknowledged.get(), refused.get(), unsendable.get(), connectionsLost.get(), arrived.get());
  }

  /** Why the first connection was lost, or null. */
  String firstLoss() {
    return firstLoss;
  }

  /**
   * Counts since the start of the run.
   *
   * @param arrived duplicates included
   */
  record Counts(
      long acknowledged, long refused, long unsendable, long connectionsLost, long arrived) {

    /** Messages whose fate at the broker's door is known. */
    long answered() {
      return acknowledged + refused + unsendable;
    }

    Counts minus(Counts earlier) {
      return new Counts(
          acknowledged - earlier.acknowledged,
          refused - earlier.refused,
          unsendable - earlier.unsendable,
          connectionsLost - earlier.connectionsLost,
          arrived - earlier.arrived);
    }

    Counts plus(Counts other) {
      return new Counts(
          acknowledged + other.acknowledged,
          refused + other.refused,
          unsendable + other.unsendable,
          connectionsLost + other.connectionsLost,
          arrived + other.arrived);
    }
  }
}
