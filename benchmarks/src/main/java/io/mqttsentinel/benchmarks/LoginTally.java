package io.mqttsentinel.benchmarks;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What became of the attempts of one run. Not thread-safe: belongs to the generator's loop. */
final class LoginTally {

  private final Schedule schedule;
  private final Histogram sinceDue = Latency.histogram();
  private final Histogram sinceConnect = Latency.histogram();
  private final Map<Integer, Long> refused = new TreeMap<>();
  private long opened;
  private long accepted;
  private long turnedAway;
  private long failed;
  private long unanswered;
  private long lastOpened;

  LoginTally(Schedule schedule) {
    this.schedule = schedule;
  }

  void opened(long now) {
    opened++;
    lastOpened = now;
  }

  /** CONNACK with 0. */
  void accepted(long due, long connectSent, long now) {
    accepted++;
    Latency.record(sinceDue, now - due);
    Latency.record(sinceConnect, now - connectSent);
  }

  /** CONNACK with a reason code. */
  void refused(int reasonCode) {
    refused.merge(reasonCode, 1L, Long::sum);
  }

  /** Closed without a word. */
  void turnedAway() {
    turnedAway++;
  }

  /** There was no connection. */
  void failed() {
    failed++;
  }

  void unanswered() {
    unanswered++;
  }

  Result result() {
    double seconds = Math.max(1, lastOpened - schedule.startNanos()) / 1e9;
    return new Result(
        schedule.count(),
        opened,
        opened / Math.max(seconds, schedule.count() / (double) schedule.rate()),
        accepted,
        Map.copyOf(refused),
        turnedAway,
        failed,
        unanswered,
        Latency.of(sinceDue),
        Latency.of(sinceConnect));
  }

  /**
   * What a run came to.
   *
   * @param due attempts that the schedule had
   * @param opened those that the generator had a place for
   * @param perSecond that it truly opened
   * @param refused CONNACKs by reason code
   * @param turnedAway closed by the edge without an answer
   * @param failed connections that did not come about
   * @param unanswered for ten seconds
   * @param sinceDue ms from when an accepted one was due to its CONNACK: the socket, and the
   *     generator's own delay, included
   * @param sinceConnect ms from its CONNECT to its CONNACK
   */
  record Result(
      long due,
      long opened,
      double perSecond,
      long accepted,
      Map<Integer, Long> refused,
      long turnedAway,
      long failed,
      long unanswered,
      Latency sinceDue,
      Latency sinceConnect) {

    long refusedCount() {
      return refused.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Neither let in nor refused. */
    long errors() {
      return turnedAway + failed + unanswered;
    }
  }
}
