package io.mqttsentinel.pattern;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicCreation;
import io.mqttsentinel.runtime.TopologyRunner;
import io.mqttsentinel.schemas.AvroSerdes;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Puts the pattern matcher together and starts it. */
@Factory
final class PatternMatcherStream {

  @Singleton
  RuleMetrics ruleMetrics(ServiceMetrics metrics) {
    return new RuleMetrics(metrics.registry());
  }

  @Singleton
  @Bean(preDestroy = "close")
  ActiveRules activeRules(PatternMatcherConfig config, RuleMetrics metrics) {
    RuleSource source = RuleSource.of(config.rules());
    ActiveRules rules = ActiveRules.load(source, config.compiler(), config.limits(), metrics);
    if (source instanceof RuleSource.Directory) {
      rules.watch(config.reloadInterval());
    }
    return rules;
  }

  @Singleton
  @Bean(preDestroy = "close")
  RuleTopic ruleTopic(
      ActiveRules rules, KafkaConfig kafka, AvroSerdes serdes, TopicCreation topics) {
    topics.ensure();
    return new RuleTopic(kafka.client(), serdes, rules::push);
  }

  @Context
  @Bean(preDestroy = "close")
  RunningTopology patternMatcher(
      TopologyRunner runner,
      PatternMatcherConfig config,
      ActiveRules rules,
      RuleTopic pushed,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      RuleMetrics ruleMetrics,
      Clock clock) {
    // Before the first message, so that none is judged by rules that were replaced long ago.
    pushed.start();
    return runner.start(
        PatternInspector.STAGE,
        PatternMatcherTopology.build(
            serdes,
            rules,
            config.alertFilters(),
            config.limits(),
            metrics.stage(PatternInspector.STAGE),
            ruleMetrics,
            clock));
  }
}
