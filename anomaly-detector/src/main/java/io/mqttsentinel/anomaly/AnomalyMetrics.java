package io.mqttsentinel.anomaly;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The meters of anomaly-detector, shared by all its tasks. */
final class AnomalyMetrics {

  private final ServiceMetrics.Stage stage;
  private final Map<String, Counter> findings = new HashMap<>();
  private final Map<String, Counter> failures = new HashMap<>();

  AnomalyMetrics(ServiceMetrics metrics, List<Detector> detectors) {
    stage = metrics.stage(AnomalyDetectorApplication.SERVICE);
    for (Detector detector : detectors) {
      String rule = detector.ruleId();
      findings.put(
          rule, counter(metrics.registry(), "sentinel.anomaly.findings", "Findings by rule", rule));
      failures.put(
          rule,
          counter(
              metrics.registry(),
              "sentinel.anomaly.failures",
              "Messages that the detector of a rule failed on",
              rule));
    }
  }

  ServiceMetrics.Stage stage() {
    return stage;
  }

  void found(Detector detector) {
    findings.get(detector.ruleId()).increment();
  }

  void failed(Detector detector) {
    failures.get(detector.ruleId()).increment();
  }

  private static Counter counter(
      MeterRegistry registry, String name, String description, String rule) {
    return Counter.builder(name).description(description).tag("rule", rule).register(registry);
  }
}
