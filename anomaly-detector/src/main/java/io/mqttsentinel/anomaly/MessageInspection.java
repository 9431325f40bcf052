package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every detector about one message, and lets the client's profile learn it. */
final class MessageInspection {

  private static final Logger LOG = LoggerFactory.getLogger(MessageInspection.class);
  private static final int SAMPLED = 63;

  private final List<Detector> detectors;
  private final AnomalyMetrics metrics;
  private int count;

  MessageInspection(List<Detector> detectors, AnomalyMetrics metrics) {
    this.detectors = detectors;
    this.metrics = metrics;
  }

  List<Finding> of(InspectedMessage message, Profile profile, ClassBaseline peers) {
    // A will is what a device said when it connected: its time and pace are not the device's.
    boolean replay =
        message.getSource() == MessageSource.WILL
            || profile.hasSeen(message.getEpoch(), message.getSequence());
    Observation seen = new Observation(message, peers, replay);
    if (!replay && peers != null && profile.observations() == 0) {
      peers.clientCame();
    }
    boolean sampled = (count++ & SAMPLED) == 0;
    List<Finding> findings = new ArrayList<>(0);
    for (Detector detector : detectors) {
      if (!replay || detector.judgesReplays()) {
        ask(detector, seen, profile, sampled, findings);
      }
    }
    if (!replay) {
      profile.spoke(message.getEpoch(), message.getSequence(), seen.at());
    }
    return findings;
  }

  private void ask(
      Detector detector, Observation seen, Profile profile, boolean sampled, List<Finding> to) {
    long start = sampled ? System.nanoTime() : 0;
    try {
      Optional<Finding> finding = detector.inspect(seen, profile);
      if (finding.isPresent()) {
        to.add(finding.get());
        metrics.found(detector);
      }
    } catch (RuntimeException e) {
      LOG.warn(
          "{} failed on message {} of session {}",
          detector.alarm().ruleId(),
          seen.message().getSequence(),
          seen.message().getEpoch(),
          e);
      metrics.failed(detector);
      to.add(Anomaly.failed(detector.alarm().ruleId(), e));
    }
    if (sampled) {
      metrics.took(detector, System.nanoTime() - start);
    }
  }
}
