package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.RoutingKey;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * More messages in a short time than a device sends, or than the origin sends to one device. What
 * the origin sends to a topic that is no client's is a broadcast of its own pace, and not judged.
 */
final class PublishRateDetector implements Detector {

  static final String RULE = "publish_rate";

  private final int limit;
  private final long window;
  private final Action action;

  PublishRateDetector(AnomalyDetectorConfig config) {
    this.limit = config.rateLimit();
    this.window = config.rateWindow().toMillis();
    this.action = config.rateAction();
  }

  @Override
  public String ruleId() {
    return RULE;
  }

  @Override
  public Optional<Finding> inspect(InspectedMessage message, Pace pace, long at) {
    boolean fromOrigin = message.getSource() == MessageSource.ORIGIN;
    if (fromOrigin && RoutingKey.owner(message.getTopic()) == null) {
      return Optional.empty();
    }
    int observed = pace.count(at, window);
    if (observed <= limit || !isDue(pace, at)) {
      return Optional.empty();
    }
    return Optional.of(
        new Anomaly(
                RULE,
                AnalyticType.BEHAVIORAL,
                Severity.MEDIUM,
                action,
                fromOrigin
                    ? "The origin sends more to one client than is usual"
                    : "Client publishes faster than is usual",
                "at most %d messages in %d ms".formatted(limit, window),
                observed + " messages",
                Integer.toString(limit),
                Map.of(),
                List.of())
            .finding());
  }

  /**
   * A mark is set once in a window; where messages are to be stopped, each one needs its finding.
   */
  private boolean isDue(Pace pace, long at) {
    return pace.raise(at, window) || action.compareTo(Action.FLAG) > 0;
  }
}
