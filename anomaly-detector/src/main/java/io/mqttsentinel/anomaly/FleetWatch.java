package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.RoutingKey;
import io.mqttsentinel.schemas.Severity;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all clients together do: messages of one topic, failures of one kind. Counted in memory, by
 * each instance for the clients whose partitions it has. Clients are spread over partitions by a
 * hash, so each instance sees a fair sample of the fleet and none has to ask another: a rise of the
 * fleet is a rise on each of them, by the same factor.
 */
final class FleetWatch {

  static final String TOPIC_RISE = "fleet_topic_rise";
  static final String FAILURE_RISE = "fleet_failure_rise";
  static final String SILENCE = "fleet_silence";

  private static final long WINDOW = 10_000;
  private static final long LATE = 60_000;
  private static final int MOST_SERIES = 500;
  private static final double LEAST_DEVIATION = 0.3;

  /** Counts of one topic or one kind of failure. */
  private static final class Series {
    private final RateBaseline windows = new RateBaseline();
    private long reportedAt;
    private int rises;
  }

  private final BaselineConfig config;
  private final boolean isOn;
  private final Clock clock;
  private final Map<String, Series> series = new HashMap<>();
  private long startedAt;
  private long newest;

  FleetWatch(Settings settings, Clock clock) {
    this.config = settings.baseline();
    this.isOn = settings.modes().fleet() != Mode.OFF;
    this.clock = clock;
  }

  /** Other partitions, another sample: begins anew. */
  synchronized void restart() {
    series.clear();
    startedAt = 0;
    newest = 0;
  }

  Optional<Finding> message(String topic, long at) {
    return isOn ? count(TOPIC_RISE, pattern(topic), at, config.fleetFloor()) : Optional.empty();
  }

  /**
   * @param kind a short stable word
   */
  Optional<Finding> failure(String kind, long at) {
    return isOn ? count(FAILURE_RISE, kind, at, config.failureFloor()) : Optional.empty();
  }

  private synchronized Optional<Finding> count(String rule, String name, long at, int floor) {
    if (at < newest - LATE || at > clock.millis() + LATE) {
      return Optional.empty();
    }
    newest = Math.max(newest, at);
    startedAt = startedAt == 0 ? at : startedAt;
    Series one = series.get(rule + name);
    if (one == null) {
      if (series.size() >= MOST_SERIES) {
        return Optional.empty();
      }
      one = new Series();
      // There was none of it so far.
      one.windows.usual().assume(0, (int) ((at - startedAt) / WINDOW));
      series.put(rule + name, one);
    }
    RateBaseline.Closed closed = one.windows.add(at, WINDOW);
    return closed == null ? Optional.empty() : judge(rule, name, one, closed, at, floor);
  }

  private Optional<Finding> judge(
      String rule, String name, Series one, RateBaseline.Closed closed, long at, int floor) {
    Baseline usual = one.windows.usual();
    Expectation expected =
        Expectation.of(usual, null, LEAST_DEVIATION, Math.log(config.factor()), config);
    boolean deviates =
        expected != null
            && closed.count() >= floor
            && expected.isExceededBy(Math.log1p(closed.count()));
    one.rises = deviates ? one.rises + 1 : 0;
    if (one.rises == 0 || one.rises >= config.raiseAfter()) {
      one.windows.learn(closed, expected == null ? Double.MAX_VALUE : expected.limit(), true);
    }
    if (closed.emptyAfter() > 0 && one.rises < config.raiseAfter()) {
      one.rises = 0;
    }
    if (one.rises < config.raiseAfter() || at - one.reportedAt < config.suppress().toMillis()) {
      return Optional.empty();
    }
    one.reportedAt = at;
    return Optional.of(finding(rule, name, closed.count(), expected));
  }

  private Finding finding(String rule, String name, int count, Expectation expected) {
    double before = Math.expm1(expected.mean());
    boolean failures = rule.equals(FAILURE_RISE);
    return new Anomaly(
            rule,
            AnalyticType.STATISTICAL,
            Severity.MEDIUM,
            Action.FLAG,
            failures ? "Sudden rise of failures" : "Sudden rise of messages of one topic",
            "%s in %d s".formatted(Anomaly.number(before), WINDOW / 1000),
            count + (failures ? " failures" : " messages"),
            Anomaly.number(Math.expm1(expected.mean() + expected.limit())),
            Map.of(
                "factor",
                Anomaly.number(count / Math.max(before, 1)),
                "basis",
                "instance",
                "subject",
                name),
            List.of())
        .finding();
  }

  /** Topics that differ only in a client id or a number are one. */
  static String pattern(String topic) {
    String owner = RoutingKey.owner(topic);
    String rest = owner == null ? topic : topic.substring(topic.indexOf('/') + 1 + owner.length());
    StringBuilder pattern = new StringBuilder(owner == null ? "" : "clients/+");
    int start = 0;
    for (int i = 0; i <= rest.length(); i++) {
      if (i == rest.length() || rest.charAt(i) == '/') {
        level(pattern, rest, start, i);
        start = i + 1;
        pattern.append(i == rest.length() ? "" : "/");
      }
    }
    return pattern.toString();
  }

  private static void level(StringBuilder pattern, String rest, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.isDigit(rest.charAt(i))) {
        pattern.append('+');
        return;
      }
    }
    pattern.append(rest, from, to);
  }
}
