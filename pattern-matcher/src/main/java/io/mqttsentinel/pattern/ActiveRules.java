package io.mqttsentinel.pattern;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules in force: those of a source, and over them those that were pushed, a file for a file of
 * the same name. What changes is compiled aside while messages go on with the old set, and takes
 * over from one message to the next. A set that does not load changes nothing but a metric, the log
 * and the health.
 */
final class ActiveRules implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ActiveRules.class);

  private final RuleSource source;
  private final PatternCompiler engine;
  private final DecodeLimits limits;
  private final RuleMetrics metrics;
  private volatile RuleSet current;
  private Map<String, String> inForce;
  private Map<String, String> lastRead;
  private boolean unread;
  private Map<String, String> pushed = Map.of();
  private volatile String lastFailure = "";
  private Thread watcher;

  private ActiveRules(
      RuleSource source, PatternCompiler engine, DecodeLimits limits, RuleMetrics metrics)
      throws IOException {
    this.source = source;
    this.engine = new RecentEngines(engine);
    this.limits = limits;
    this.metrics = metrics;
    this.lastRead = source.read();
    takeOver(compile(lastRead), lastRead);
  }

  /**
   * Loads the rules.
   *
   * @throws RuleFileException if a rule is bad
   * @throws IllegalStateException if the files cannot be read
   */
  static ActiveRules load(
      RuleSource source, PatternCompiler engine, DecodeLimits limits, RuleMetrics metrics) {
    try {
      return new ActiveRules(source, engine, limits, metrics);
    } catch (IOException e) {
      throw new IllegalStateException("rules cannot be read: " + e.getMessage(), e);
    }
  }

  RuleSet current() {
    return current;
  }

  /** Looks for changes from now on, on a thread of its own. */
  synchronized void watch(Duration interval) {
    watcher =
        Thread.ofPlatform()
            .name("pattern-rules")
            .daemon()
            .start(
                () -> {
                  try {
                    while (true) {
                      Thread.sleep(interval);
                      reload();
                    }
                  } catch (InterruptedException e) {
                    LOG.debug("No longer looking for changed rules");
                  }
                });
  }

  /** Why the newest rules are not in force; empty where they are. */
  String refusal() {
    return lastFailure;
  }

  /** Takes over the files that were pushed, all of them by name, in place of those before. */
  synchronized void push(Map<String, String> files) {
    pushed = Map.copyOf(files);
    reload();
  }

  /** Reads the source and takes over what changed. */
  synchronized void reload() {
    try {
      boolean wasUnread = unread;
      unread = true;
      Map<String, String> files = new TreeMap<>(source.read());
      files.putAll(pushed);
      unread = false;
      if (files.equals(lastRead) && !wasUnread) {
        return;
      }
      lastRead = files;
      if (!files.equals(inForce)) {
        takeOver(compile(files), files);
        metrics.reloaded();
      }
      metrics.stale(false);
      lastFailure = "";
    } catch (IOException | RuntimeException e) {
      // Said once for each failure, not at each look.
      if (!lastFailure.equals(String.valueOf(e.getMessage()))) {
        metrics.reloadFailed();
        lastFailure = String.valueOf(e.getMessage());
        metrics.stale(true);
        LOG.error("The rules stay at {}: {}", current.version(), e.getMessage());
      }
    }
  }

  /** First the rules, then their metrics: no message counts for a rule after that is removed. */
  private void takeOver(RuleSet rules, Map<String, String> files) {
    current = rules;
    inForce = files;
    metrics.inForce(rules);
  }

  private RuleSet compile(Map<String, String> files) {
    long start = System.nanoTime();
    RuleSet rules = RuleSet.load(files, engine, limits);
    LOG.info(
        "{} rules of version {} on {}, ready after {} ms ({})",
        rules.size(),
        rules.version(),
        rules.engineName(),
        (System.nanoTime() - start) / 1_000_000,
        rules.times());
    return rules;
  }

  @Override
  public void close() {
    if (watcher != null) {
      watcher.interrupt();
    }
  }
}
