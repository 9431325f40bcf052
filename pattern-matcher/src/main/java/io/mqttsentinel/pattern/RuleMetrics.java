package io.mqttsentinel.pattern;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mqttsentinel.schemas.Finding;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Hits of each rule in force, what is loaded, which engine matches. */
final class RuleMetrics {

  /** Found without a rule of a file. */
  private static final Set<String> BUILT_IN =
      Set.of(
          BuiltInRules.SQL_SYNTAX.id(),
          BuiltInRules.MARKUP_ACTIVE.id(),
          PatternInspector.TRUNCATED,
          PatternProcessor.FAILED);

  private final MeterRegistry registry;
  private final Map<String, Timer> costs = new ConcurrentHashMap<>();
  private final Map<HitKey, Counter> hits = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> engines = new ConcurrentHashMap<>();
  private final AtomicInteger loaded = new AtomicInteger();
  private final AtomicInteger stale = new AtomicInteger();
  private final Counter failures;

  RuleMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("sentinel.pattern.rules", loaded, AtomicInteger::get)
        .description("Rules in force")
        .register(registry);
    Gauge.builder("sentinel.pattern.rules.stale", stale, AtomicInteger::get)
        .description("1 while newer rules were refused and older ones are in force")
        .register(registry);
    failures =
        Counter.builder("sentinel.pattern.failures")
            .description("Messages whose inspection failed and that were sent to quarantine")
            .register(registry);
  }

  void hit(Finding finding) {
    cost(finding);
    hits.computeIfAbsent(
            new HitKey(
                finding.getRuleId(),
                finding.getAction().name().toLowerCase(Locale.ROOT),
                finding.getShadow()),
            key ->
                Counter.builder("sentinel.pattern.hits")
                    .description("Messages that a rule hit")
                    .tags(
                        "rule",
                        key.rule,
                        "action",
                        key.action,
                        "mode",
                        key.shadow ? "shadow" : "enforce")
                    .register(registry))
        .increment();
  }

  /** What the matching of messages cost in which a rule hit; the engine knows no finer share. */
  private void cost(Finding finding) {
    costs
        .computeIfAbsent(
            finding.getRuleId(),
            rule ->
                Timer.builder("sentinel.pattern.hit.seconds")
                    .description("Inspection of messages that a rule hit")
                    .tag("rule", rule)
                    .register(registry))
        .record(finding.getElapsedNanos(), TimeUnit.NANOSECONDS);
  }

  /** Newer rules than those in force were refused. */
  void stale(boolean isStale) {
    stale.set(isStale ? 1 : 0);
  }

  void failed() {
    failures.increment();
  }

  /** These rules have taken over; what was counted of those that are gone is no longer shown. */
  void inForce(RuleSet rules) {
    loaded.set(rules.size());
    Set<String> ids = rules.ids();
    removeGone(hits, HitKey::rule, ids);
    removeGone(costs, Function.identity(), ids);
    engines.computeIfAbsent(
        rules.engineName(),
        name -> {
          AtomicInteger used = new AtomicInteger();
          Gauge.builder("sentinel.pattern.engine", used, AtomicInteger::get)
              .description("1 for the engine that matches")
              .tag("engine", name)
              .register(registry);
          return used;
        });
    engines.forEach((name, used) -> used.set(name.equals(rules.engineName()) ? 1 : 0));
  }

  private <K, M extends Meter> void removeGone(
      Map<K, M> meters, Function<K, String> rule, Set<String> ids) {
    meters
        .entrySet()
        .removeIf(
            entry -> {
              String id = rule.apply(entry.getKey());
              boolean gone = !ids.contains(id) && !BUILT_IN.contains(id);
              if (gone) {
                registry.remove(entry.getValue());
              }
              return gone;
            });
  }

  void reloaded() {
    reload("taken");
  }

  void reloadFailed() {
    reload("refused");
  }

  private void reload(String result) {
    Counter.builder("sentinel.pattern.reloads")
        .description("Changed rules that were taken over or refused")
        .tag("result", result)
        .register(registry)
        .increment();
  }

  private record HitKey(String rule, String action, boolean shadow) {}
}
