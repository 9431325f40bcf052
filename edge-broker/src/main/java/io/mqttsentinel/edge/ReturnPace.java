package io.mqttsentinel.edge;

import java.time.Duration;

/**
 * How fast those come back who were cut off at once: evenly, and no faster than they must to be
 * back in time. As fast as they can they would take every processor for as long as it lasts, from
 * the messages of all others. A storm begins where many are gone that were not expected to go, and
 * ends when as many have come. Not safe for threads.
 */
final class ReturnPace {

  /** Fewer are no storm. */
  static final int FEW = 1_000;

  /** A second; slower would help nobody. */
  static final double LEAST = 400;

  private static final double USUAL_SECONDS = 30;
  private static final double NANOS_PER_SECOND = 1e9;

  /** A busy machine looks late, and makes up for it. */
  private static final Duration MOST_LATE = Duration.ofMillis(100);

  private final Duration within;
  private Credit credit;
  private int gone;
  private int mostGone;
  private long lastGone;
  private boolean storm;
  private double usual;
  private long usualAt;

  /**
   * @param within time in which all should be back; 0s: whoever comes, comes
   */
  ReturnPace(Duration within, long nowNanos) {
    this.within = within;
    this.credit = new Credit(1, nowNanos);
    this.usualAt = nowNanos;
  }

  /** A connection that was open broke. */
  void broke(long nowNanos) {
    if (within.isZero()) {
      return;
    }
    forget(nowNanos);
    gone++;
    mostGone = Math.max(mostGone, gone);
    lastGone = nowNanos;
    if (!storm && gone >= FEW) {
      storm = true;
      learn(nowNanos, 0);
      credit = new Credit(1, nowNanos);
    }
  }

  /** Whether one more may come now; if so, it is counted. */
  boolean mayCome(long nowNanos) {
    forget(nowNanos);
    if (storm && !credit.spend(nowNanos, perSecond(), MOST_LATE)) {
      return false;
    }
    if (!storm) {
      learn(nowNanos, 1);
    }
    if (gone > 0 && --gone == 0) {
      over();
    }
    return true;
  }

  /** How many may come in a second; twice as many as usually do may always. */
  private double perSecond() {
    double needed = mostGone * NANOS_PER_SECOND / within.toNanos();
    return Math.max(Math.max(LEAST, needed), 2 * usual);
  }

  /** An average over the last half minute or so that was no storm. */
  private void learn(long nowNanos, int came) {
    double passed = (nowNanos - usualAt) / NANOS_PER_SECOND;
    usual = usual * Math.exp(-passed / USUAL_SECONDS) + came / USUAL_SECONDS;
    usualAt = nowNanos;
  }

  /** Who is not back by now went elsewhere. */
  private void forget(long nowNanos) {
    if (gone > 0 && nowNanos - lastGone > 2 * within.toNanos()) {
      over();
    }
  }

  private void over() {
    gone = 0;
    mostGone = 0;
    storm = false;
  }
}
