package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every detector about every message of one partition. */
final class DetectProcessor
    implements FixedKeyProcessor<String, InspectedMessage, InspectedMessage> {

  static final String CLIENT_ACTIVITY = "client-activity";

  private static final Logger LOG = LoggerFactory.getLogger(DetectProcessor.class);
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);
  private static final Duration SWEPT_AFTER = Duration.ofMinutes(10);

  private final AnomalyDetectorConfig config;
  private final List<Detector> detectors;
  private final AnomalyMetrics metrics;
  private final Clock clock;
  private FixedKeyProcessorContext<String, InspectedMessage> context;
  private Paces paces;

  DetectProcessor(
      AnomalyDetectorConfig config, List<Detector> detectors, AnomalyMetrics metrics, Clock clock) {
    this.config = config;
    this.detectors = detectors;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, InspectedMessage> context) {
    this.context = context;
    paces = new Paces(context.getStateStore(CLIENT_ACTIVITY), config);
    context.schedule(
        config.checkpoint(), PunctuationType.WALL_CLOCK_TIME, now -> paces.checkpoint());
    context.schedule(
        SWEEP_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        now -> paces.sweep(now - SWEPT_AFTER.toMillis()));
  }

  @Override
  public void process(FixedKeyRecord<String, InspectedMessage> record) {
    InspectedMessage message = record.value();
    if (message == null) {
      LOG.warn("Ignored an empty record: {}", context.recordMetadata().orElseThrow());
      return;
    }
    long start = System.nanoTime();
    List<Finding> findings = inspect(message, record.timestamp());
    Instant now = clock.instant();
    Envelope.append(message, AnomalyDetectorApplication.SERVICE, findings, now);
    metrics
        .stage()
        .handedOn(
            Envelope.strongest(findings),
            Duration.ofNanos(System.nanoTime() - start),
            message.getAcceptedAt(),
            now);
    context.forward(record);
  }

  private List<Finding> inspect(InspectedMessage message, long at) {
    Pace pace = paces.of(message);
    List<Finding> findings = new ArrayList<>(0);
    for (Detector detector : detectors) {
      long start = System.nanoTime();
      try {
        detector
            .inspect(message, pace, at)
            .ifPresent(
                finding -> {
                  finding.setElapsedNanos(System.nanoTime() - start);
                  findings.add(finding);
                  metrics.found(detector);
                });
      } catch (RuntimeException e) {
        LOG.warn(
            "{} failed on message {} of session {}",
            detector.ruleId(),
            message.getSequence(),
            message.getEpoch(),
            e);
        metrics.failed(detector);
        findings.add(Anomaly.failed(detector.ruleId(), e));
      }
    }
    return findings;
  }
}
