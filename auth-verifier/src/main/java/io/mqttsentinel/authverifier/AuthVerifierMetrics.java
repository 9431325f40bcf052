package io.mqttsentinel.authverifier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Finding;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of auth-verifier, shared by all its tasks. */
final class AuthVerifierMetrics {

  private final MeterRegistry registry;
  private final ServiceMetrics.Stage stage;
  private final AtomicInteger held = new AtomicInteger();
  private final Counter holdsVerified;
  private final Counter holdsUnknown;
  private final Counter forgotten;

  AuthVerifierMetrics(ServiceMetrics metrics) {
    registry = metrics.registry();
    stage = metrics.stage(AuthVerifierApplication.SERVICE);
    Gauge.builder("sentinel.auth.held", held, AtomicInteger::get)
        .description("Messages that wait for the session that sent them")
        .register(registry);
    holdsVerified = holds("verified");
    holdsUnknown = holds("unknown");
    forgotten =
        Counter.builder("sentinel.auth.sessions.forgotten")
            .description("Sessions forgotten long after their end")
            .register(registry);
  }

  ServiceMetrics.Stage stage() {
    return stage;
  }

  void heldChanged(int by) {
    held.addAndGet(by);
  }

  void holdEnded(boolean verified) {
    (verified ? holdsVerified : holdsUnknown).increment();
  }

  void sessionsForgotten(int count) {
    forgotten.increment(count);
  }

  void found(List<Finding> findings) {
    for (Finding finding : findings) {
      Counter.builder("sentinel.auth.findings")
          .description("Findings by rule")
          .tag("rule", finding.getRuleId())
          .register(registry)
          .increment();
    }
  }

  private Counter holds(String outcome) {
    return Counter.builder("sentinel.auth.holds")
        .description("Messages that waited for their session, by what became of them")
        .tag("outcome", outcome)
        .register(registry);
  }
}
