package io.mqttsentinel.pattern;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reactivestreams.Publisher;

/**
 * Says which rules are in force, and why newer ones are not. Old rules are no reason to be down.
 */
@Singleton
final class RuleHealth implements HealthIndicator {

  private final ActiveRules rules;

  RuleHealth(ActiveRules rules) {
    this.rules = rules;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("rules", rules.current().size());
    details.put("version", rules.current().version());
    details.put("engine", rules.current().engineName());
    if (!rules.refusal().isEmpty()) {
      details.put("refused", rules.refusal());
    }
    return Publishers.just(
        HealthResult.builder("pattern-rules", HealthStatus.UP).details(details).build());
  }
}
