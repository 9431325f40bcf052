package io.mqttsentinel.edge;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of so many connections a second that they ended. A network that fails takes thousands of
 * them at once; what is to be said of those must not stand in front of everybody's messages.
 * Usually that is at once. The more wait, the faster they are told, so that clients which come and
 * go faster than that for hours leave no queue that grows.
 */
final class EndPace {

  private static final Logger LOG = LoggerFactory.getLogger(EndPace.class);
  private static final Duration ROUND = Duration.ofMillis(20);
  private static final Duration MOST_LATE = Duration.ofMillis(200);
  private static final double NANOS_PER_SECOND = 1e9;

  private final int perSecond;
  private final double withinSeconds;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanos;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final Credit credit;
  private boolean stopped;

  /**
   * @param perSecond 0: any number
   * @param within of what waits, such a part is said in each second as would be all in this time
   * @param timer on which those are said that had to wait
   */
  EndPace(int perSecond, Duration within, ScheduledExecutorService timer, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.withinSeconds = within.toNanos() / NANOS_PER_SECOND;
    this.timer = timer;
    this.nanos = nanos;
    this.credit = new Credit(Credit.most(perSecond, ROUND), nanos.getAsLong());
  }

  /**
   * Says it now or in its turn.
   *
   * @param word must not block
   */
  void say(Runnable word) {
    synchronized (this) {
      if (perSecond > 0 && !stopped && (!waiting.isEmpty() || !spend())) {
        waiting.add(word);
        if (waiting.size() == 1) {
          nextRound();
        }
        return;
      }
    }
    word.run();
  }

  /** Says all that waits, and from now on everything at once. */
  void stop() {
    List<Runnable> rest;
    synchronized (this) {
      stopped = true;
      rest = new ArrayList<>(waiting);
      waiting.clear();
    }
    rest.forEach(EndPace::run);
  }

  synchronized int waiting() {
    return waiting.size();
  }

  private void round() {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      while (!waiting.isEmpty() && spend()) {
        due.add(waiting.remove());
      }
      if (!waiting.isEmpty()) {
        nextRound();
      }
    }
    due.forEach(EndPace::run);
  }

  private void nextRound() {
    try {
      var _ = timer.schedule(this::round, ROUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The edge stops: what waits is said at its end", e);
    }
  }

  private boolean spend() {
    double rate = Math.max(perSecond, waiting.size() / withinSeconds);
    // On a busy machine a round comes late, and makes up for it.
    return credit.spend(nanos.getAsLong(), rate, waiting.isEmpty() ? ROUND : MOST_LATE);
  }

  private static void run(Runnable word) {
    try {
      word.run();
    } catch (RuntimeException e) {
      LOG.error("The end of a connection could not be told", e);
    }
  }
}
