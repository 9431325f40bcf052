package io.mqttsentinel.anomaly;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mqttsentinel.runtime.ServiceMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of anomaly-detector, shared by all its tasks. */
final class AnomalyMetrics {

  private static final List<String> WITHOUT_MESSAGE =
      List.of(
          Alarm.CONNECTION_RATE.ruleId(),
          Alarm.CLIENT_SILENT.ruleId(),
          FleetWatch.TOPIC_RISE,
          FleetWatch.FAILURE_RISE,
          FleetWatch.SILENCE);

  private final MeterRegistry registry;
  private final ServiceMetrics.Stage stage;
  private final Map<String, Counter> findings = new ConcurrentHashMap<>();
  private final Map<String, Counter> failures = new HashMap<>();
  private final Map<String, Timer> costs = new HashMap<>();
  private final AtomicInteger profiles = new AtomicInteger();

  AnomalyMetrics(ServiceMetrics metrics, List<Detector> detectors) {
    registry = metrics.registry();
    stage = metrics.stage(AnomalyDetectorApplication.SERVICE);
    for (Detector detector : detectors) {
      String rule = detector.alarm().ruleId();
      findings.put(rule, counter("sentinel.anomaly.findings", "Findings by rule", rule));
      failures.put(
          rule,
          counter(
              "sentinel.anomaly.failures", "Messages that the detector of a rule failed on", rule));
      costs.put(rule, cost(rule));
    }
    for (String rule : WITHOUT_MESSAGE) {
      findings.put(rule, counter("sentinel.anomaly.findings", "Findings by rule", rule));
    }
    costs.put(Alarm.CONNECTION_RATE.ruleId(), cost(Alarm.CONNECTION_RATE.ruleId()));
    costs.put(FleetWatch.TOPIC_RISE, cost(FleetWatch.TOPIC_RISE));
    costs.put(Alarm.CLIENT_SILENT.ruleId(), cost(Alarm.CLIENT_SILENT.ruleId()));
    Gauge.builder("sentinel.anomaly.profiles", profiles, AtomicInteger::get)
        .description("Client profiles in memory")
        .register(registry);
  }

  ServiceMetrics.Stage stage() {
    return stage;
  }

  void found(Detector detector) {
    findings.get(detector.alarm().ruleId()).increment();
  }

  /** What no message carries: an event of its own. */
  void reported(String rule) {
    findings
        .computeIfAbsent(rule, r -> counter("sentinel.anomaly.findings", "Findings by rule", r))
        .increment();
  }

  void failed(Detector detector) {
    failures.get(detector.alarm().ruleId()).increment();
  }

  void took(Detector detector, long nanos) {
    took(detector.alarm().ruleId(), nanos);
  }

  /** What looks at no single message: at a connection, all clients, or a part of the profiles. */
  void took(String rule, long nanos) {
    costs.get(rule).record(nanos, TimeUnit.NANOSECONDS);
  }

  void profilesChanged(int by) {
    profiles.addAndGet(by);
  }

  private Timer cost(String rule) {
    return Timer.builder("sentinel.anomaly.cost")
        .description("Time that the detector of a rule takes, of one message in 64")
        .tag("rule", rule)
        .register(registry);
  }

  private Counter counter(String name, String description, String rule) {
    return Counter.builder(name).description(description).tag("rule", rule).register(registry);
  }
}
