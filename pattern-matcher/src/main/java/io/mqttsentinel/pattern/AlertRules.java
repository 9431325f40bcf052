package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.TopicFilter;
import java.util.List;

/** What alerts must look like: of the rules for a topic, the first that fits the payload. */
final class AlertRules {

  private final CompiledRules compiled;
  private final List<TopicFilter> alertTopics;
  private final RuleScan scan;
  private final Exceptions exceptions = new Exceptions();
  private boolean complete;

  /**
   * @param alertTopics where rules without topics of their own apply
   */
  AlertRules(CompiledRules compiled, List<TopicFilter> alertTopics) {
    this.compiled = compiled;
    this.alertTopics = alertTopics;
    this.scan = new RuleScan(compiled);
  }

  /** Null where none fits or none is for the topic. */
  Rule first(byte[] payload, String topic) {
    complete = true;
    PatternHits hits = null;
    for (int i = 0; i < compiled.rules().size(); i++) {
      Rule rule = compiled.rules().get(i);
      if (rule.scope().topics().isEmpty() ? !isAlertTopic(topic) : !rule.appliesTo(topic)) {
        continue;
      }
      if (hits == null) {
        exceptions.reset();
        hits = scan.scan(payload);
        complete = hits.isComplete();
      }
      if (hits.has(i) && !exceptions.hold(rule, payload, hits.end(i))) {
        return rule;
      }
    }
    return null;
  }

  /** Whether the last look saw all of the payload. */
  boolean isComplete() {
    return complete;
  }

  private boolean isAlertTopic(String topic) {
    for (int i = 0; i < alertTopics.size(); i++) { // without an iterator: nothing is allocated
      if (alertTopics.get(i).matches(topic)) {
        return true;
      }
    }
    return false;
  }
}
