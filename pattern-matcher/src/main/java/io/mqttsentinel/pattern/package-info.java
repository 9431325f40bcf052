/**
 * Signatures: every message against every rule at once.
 *
 * <p>{@code mqtt.inbound} flows in, {@code inspected.pattern} flows out, each message with the same
 * key, in the same order, with the findings of this stage. A message passes through three steps:
 * {@link io.mqttsentinel.pattern.Normalizer} undoes encodings and yields <em>views</em> of each
 * field, a {@link io.mqttsentinel.pattern.PatternEngine} names the patterns that occur in a view in
 * one pass, and {@link io.mqttsentinel.pattern.PatternInspector} turns hits into findings with
 * evidence. Rules are YAML ({@link io.mqttsentinel.pattern.RuleFile}); their patterns are parsed
 * once into {@link io.mqttsentinel.pattern.Regex}, so that the native and the Java engine see the
 * very same language and neither ever backtracks.
 */
@Configuration
@Requires(property = "sentinel.services.pattern-matcher", value = "true")
package io.mqttsentinel.pattern;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
