package io.mqttsentinel.edge;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets sessions open only as fast as their owner keeps up with. A fleet that comes back at once
 * would otherwise put all its session events in front of everybody's messages, and itself behind a
 * time limit. How many may open at a time is found as TCP finds its window: one more for each round
 * that was answered in time, a fifth less for one that was not. Those who were cut off at once come
 * no faster than they must, besides.
 */
final class OpeningGate {

  private static final Logger LOG = LoggerFactory.getLogger(OpeningGate.class);
  private static final int FIRST = 64;
  private static final long ROUND_MILLIS = 10;
  private static final double LESS = 0.8;

  /** What became of an entrant. */
  enum Entry {
    OPENS,
    WAITS,
    /** Too many wait. */
    FULL
  }

  /** One connection on its way through the gate. */
  static final class Entrant {

    private enum State {
      OUTSIDE,
      WAITING,
      OPENING,
      GONE
    }

    private final Runnable open;
    private State state = State.OUTSIDE;
    private long since;

    /**
     * @param open called once when its turn has come, by whatever thread: must not block
     */
    Entrant(Runnable open) {
      this.open = open;
    }
  }

  private final StormConfig config;
  private final LongSupplier nanos;
  private final ScheduledExecutorService timer;
  private final ReturnPace returns;
  private final SequencedSet<Entrant> waiting = new LinkedHashSet<>();
  private int opening;
  private double limit;
  private long lastShrunk;
  private boolean roundIsDue;

  /**
   * @param timer on which those open whose turn comes with time
   */
  OpeningGate(StormConfig config, ScheduledExecutorService timer, LongSupplier nanos) {
    this.config = config;
    this.nanos = nanos;
    this.timer = timer;
    this.returns = new ReturnPace(config.returnWithin(), nanos.getAsLong());
    this.limit = Math.clamp(FIRST, config.least(), config.most());
    this.lastShrunk = nanos.getAsLong();
  }

  /** Opens now, or when its turn comes. */
  Entry enter(Entrant entrant) {
    synchronized (this) {
      if (!waiting.isEmpty() || !mayBegin()) {
        if (waiting.size() >= config.waiting()) {
          return Entry.FULL;
        }
        entrant.state = Entrant.State.WAITING;
        waiting.addLast(entrant);
        awaitTurn();
        return Entry.WAITS;
      }
      begin(entrant);
    }
    entrant.open.run();
    return Entry.OPENS;
  }

  /** How long anybody is to wait for its turn. */
  Duration patience() {
    return config.patience();
  }

  /** The owner answered. */
  void answered(Entrant entrant) {
    leave(entrant, true);
  }

  /** The connection ended, or the owner does not answer. */
  void left(Entrant entrant) {
    leave(entrant, false);
  }

  /** An open connection broke; its client is likely to come back. */
  synchronized void broke() {
    returns.broke(nanos.getAsLong());
  }

  /** How many wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  /** How many may open at a time. */
  synchronized int limit() {
    return (int) limit;
  }

  private void leave(Entrant entrant, boolean answered) {
    Entrant next;
    synchronized (this) {
      if (entrant.state == Entrant.State.OPENING) {
        if (answered) {
          learn(entrant.since);
        }
        opening--;
      }
      waiting.remove(entrant);
      entrant.state = Entrant.State.GONE;
      next = next();
    }
    openFrom(next);
  }

  private void openFrom(Entrant first) {
    Entrant next = first;
    while (next != null) {
      next.open.run();
      synchronized (this) {
        next = next();
      }
    }
  }

  private Entrant next() {
    if (waiting.isEmpty()) {
      return null;
    }
    if (!mayBegin()) {
      awaitTurn();
      return null;
    }
    Entrant next = waiting.removeFirst();
    begin(next);
    return next;
  }

  private void begin(Entrant entrant) {
    entrant.state = Entrant.State.OPENING;
    entrant.since = nanos.getAsLong();
    opening++;
  }

  private boolean mayBegin() {
    return isFree() && returns.mayCome(nanos.getAsLong());
  }

  private boolean isFree() {
    return config.target().isZero() || opening < (int) limit;
  }

  /** Where no place is free, the turn comes with the next that leaves. */
  private void awaitTurn() {
    if (roundIsDue || !isFree()) {
      return;
    }
    try {
      var _ = timer.schedule(this::round, ROUND_MILLIS, TimeUnit.MILLISECONDS);
      roundIsDue = true;
    } catch (RejectedExecutionException e) {
      LOG.debug("The edge stops: nobody comes in any more", e);
    }
  }

  private void round() {
    Entrant first;
    synchronized (this) {
      roundIsDue = false;
      first = next();
    }
    openFrom(first);
  }

  private void learn(long since) {
    long now = nanos.getAsLong();
    if (now - since <= config.target().toNanos()) {
      if (opening >= (int) limit) {
        limit = Math.min(config.most(), limit + 1 / limit);
      }
    } else if (since - lastShrunk >= 0) { // one that began before says nothing of the new limit
      limit = Math.max(config.least(), limit * LESS);
      lastShrunk = now;
    }
  }
}
