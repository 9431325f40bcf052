package io.mqttsentinel.allinone;

import io.mqttsentinel.anomaly.AnomalyExplanation;
import io.mqttsentinel.pattern.SignatureExplanation;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.util.List;
import java.util.stream.Stream;

/**
 * What both inspections say of a payload.
 *
 * @param message the payload as it was sent for the first time
 * @param sent how often it was
 */
record InspectReport(
    InspectedMessage message,
    int sent,
    SignatureExplanation signatures,
    AnomalyExplanation anomalies) {

  /** Of all stages, in their order. */
  List<Finding> findings() {
    return Stream.concat(signatures.findings().stream(), anomalies.findings().stream()).toList();
  }

  /** As the aggregator decides: the strongest action wins. */
  Action verdict() {
    return Envelope.strongest(findings());
  }

  long nanos() {
    return signatures.nanos() + anomalies.nanos();
  }
}
