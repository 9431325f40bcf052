package io.mqttsentinel.pattern;

import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inspects one message after the other with the rules in force. Where the inspection itself fails
 * the message goes to quarantine: the stream goes on, and nothing passes that was not looked at.
 */
final class PatternProcessor
    implements FixedKeyProcessor<String, InspectedMessage, InspectedMessage> {

  static final String FAILED = "inspection_failed";

  private static final Logger LOG = LoggerFactory.getLogger(PatternProcessor.class);

  private final ActiveRules rules;
  private final List<TopicFilter> alertTopics;
  private final DecodeLimits limits;
  private final ServiceMetrics.Stage stage;
  private final RuleMetrics metrics;
  private final Clock clock;
  private PatternInspector inspector;
  private FixedKeyProcessorContext<String, InspectedMessage> context;

  PatternProcessor(
      ActiveRules rules,
      List<TopicFilter> alertTopics,
      DecodeLimits limits,
      ServiceMetrics.Stage stage,
      RuleMetrics metrics,
      Clock clock) {
    this.rules = rules;
    this.alertTopics = alertTopics;
    this.limits = limits;
    this.stage = stage;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, InspectedMessage> processorContext) {
    context = processorContext;
  }

  @Override
  public void process(FixedKeyRecord<String, InspectedMessage> record) {
    long start = System.nanoTime();
    InspectedMessage message = record.value();
    List<Finding> findings = inspect(message, start);
    findings.forEach(metrics::hit);
    Instant now = clock.instant();
    InspectedMessage inspected = Envelope.append(message, PatternInspector.STAGE, findings, now);
    context.forward(record.withValue(inspected));
    stage.handedOn(
        Envelope.strongest(findings),
        Duration.ofNanos(System.nanoTime() - start),
        message.getAcceptedAt(),
        now);
  }

  private List<Finding> inspect(InspectedMessage message, long start) {
    try {
      RuleSet inForce = rules.current();
      if (inspector == null || inspector.rules() != inForce) {
        inspector = new PatternInspector(inForce, alertTopics, limits);
      }
      return inspector.inspect(message);
    } catch (RuntimeException e) {
      // Not the message of the failure: it may quote the payload.
      metrics.failed();
      LOG.warn(
          "Inspection of message {}/{} failed: {} at {}",
          message.getEpoch(),
          message.getSequence(),
          e.getClass().getName(),
          e.getStackTrace().length == 0 ? "an unknown place" : e.getStackTrace()[0]);
      inspector = null;
      return List.of(failed(e, System.nanoTime() - start));
    }
  }

  private Finding failed(RuntimeException failure, long elapsed) {
    return new Finding(
        FAILED,
        rules.current().version(),
        PatternInspector.STAGE,
        AnalyticType.RULE,
        Severity.HIGH,
        Action.QUARANTINE,
        false,
        "The signature inspection of this message failed",
        List.of(),
        Map.of("failure", failure.getClass().getName()),
        List.of(),
        elapsed);
  }
}
