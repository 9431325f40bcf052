package io.mqttsentinel.pattern;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.TopicFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The pattern matcher.
 *
 * @param engine {@code auto}: Vectorscan where it loads, else Java; or one of both
 * @param rules {@code classpath} for the shipped pack, or a directory of rule files
 * @param reloadInterval how often a directory is looked at for changes
 * @param cacheDirectory where what Vectorscan compiled is kept, so that the same rules start at
 *     once; a directory that only its owner can write; empty for none
 * @param alertTopics topic filters that {@code alert_validation} is for, where a rule names none
 * @param maxDepth layers of encoding that are undone, 0 to 10
 * @param maxViews decoded texts of one field that are looked at beside the raw one
 * @param maxDecodedBytes of all these texts together
 * @param maxInflationRatio bytes that one byte of a compressed text may become
 * @param maxWork bytes that decoders read and rules are matched on for one field, each as often as
 *     it is read
 * @param maxTime of the processor for one payload, for the properties and for each name that is
 *     longer than 64 KB or becomes so when decoded; what does not fit is looked at in part; zero
 *     for no limit
 * @param truncatedAction what becomes of a message of which one of these limits kept a part hidden:
 *     {@code flag}, {@code quarantine} or {@code block}
 */
@ConfigurationProperties("sentinel.pattern-matcher")
public record PatternMatcherConfig(
    @Bindable(defaultValue = "auto") String engine,
    @Bindable(defaultValue = RuleSource.SHIPPED) String rules,
    @Bindable(defaultValue = "5s") Duration reloadInterval,
    @Bindable(defaultValue = "") String cacheDirectory,
    @Bindable(defaultValue = "clients/+/alerts") List<String> alertTopics,
    @Bindable(defaultValue = "5") int maxDepth,
    @Bindable(defaultValue = "48") int maxViews,
    @Bindable(defaultValue = "262144") int maxDecodedBytes,
    @Bindable(defaultValue = "100") int maxInflationRatio,
    @Bindable(defaultValue = "2097152") int maxWork,
    @Bindable(defaultValue = "3ms") Duration maxTime,
    @Bindable(defaultValue = "flag") String truncatedAction) {

  private static final String PREFIX = "sentinel.pattern-matcher.";
  private static final Duration MOST_TIME = Duration.ofSeconds(10);
  private static final Map<String, Action> TRUNCATED_ACTIONS =
      Map.of("flag", Action.FLAG, "quarantine", Action.QUARANTINE, "block", Action.BLOCK);

  public PatternMatcherConfig {
    // Text, because the container takes the default where a value is none of an enum.
    ConfigCheck.require(
        EngineChoice.of(engine).isPresent(), PREFIX + "engine", engine, "auto, vectorscan or java");
    ConfigCheck.notBlank(PREFIX + "rules", rules);
    ConfigCheck.positive(PREFIX + "reload-interval", reloadInterval);
    ConfigCheck.between(PREFIX + "max-depth", maxDepth, 0, 10);
    ConfigCheck.between(PREFIX + "max-views", maxViews, 0, 10_000);
    ConfigCheck.between(PREFIX + "max-decoded-bytes", maxDecodedBytes, 0, 1 << 26);
    ConfigCheck.between(PREFIX + "max-inflation-ratio", maxInflationRatio, 1, 10_000);
    ConfigCheck.between(PREFIX + "max-work", maxWork, 1 << 10, 1 << 30);
    ConfigCheck.require(
        !maxTime.isNegative() && maxTime.compareTo(MOST_TIME) <= 0,
        PREFIX + "max-time",
        maxTime,
        "0s for no limit, to " + MOST_TIME.toSeconds() + "s");
    ConfigCheck.require(
        TRUNCATED_ACTIONS.containsKey(truncatedAction),
        PREFIX + "truncated-action",
        truncatedAction,
        "flag, quarantine or block");
    cacheDirectory = cacheDirectory == null ? "" : cacheDirectory.strip();
    alertTopics = alertTopics == null ? List.of() : List.copyOf(alertTopics);
    for (String filter : alertTopics) {
      ConfigCheck.require(
          TopicFilter.isValid(filter), PREFIX + "alert-topics", filter, "MQTT topic filters");
    }
  }

  PatternCompiler compiler() {
    EngineChoice choice = EngineChoice.of(engine).orElseThrow();
    return cacheDirectory.isEmpty()
        ? choice
        : new CachedCompiler(choice, DatabaseCache.in(Path.of(cacheDirectory)));
  }

  DecodeLimits limits() {
    return new DecodeLimits(
        maxDepth,
        maxViews,
        maxDecodedBytes,
        maxInflationRatio,
        maxWork,
        TRUNCATED_ACTIONS.get(truncatedAction),
        maxTime);
  }

  List<TopicFilter> alertFilters() {
    return alertTopics.stream().map(TopicFilter::of).toList();
  }
}
