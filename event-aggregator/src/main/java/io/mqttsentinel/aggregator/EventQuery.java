package io.mqttsentinel.aggregator;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.runtime.PrintableText;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which of the recent events somebody asks for.
 *
 * @param severity the least severity; null for any
 * @param text lower case; found in type, title, names, addresses; null for any
 */
record EventQuery(int limit, Severity severity, String text) implements Predicate<SecurityEvent> {

  static final int DEFAULT_LIMIT = 50;

  /**
   * @throws BadRequest naming the parameter that cannot be understood
   */
  static EventQuery parse(
      @Nullable String limit, @Nullable String severity, @Nullable String text, int mostEvents) {
    return new EventQuery(
        limit(limit, mostEvents),
        severity == null || severity.isBlank() ? null : severity(severity),
        text == null || text.isBlank() ? null : text.strip().toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean test(SecurityEvent event) {
    return (severity == null || event.getSeverity().compareTo(severity) >= 0)
        && (text == null || texts(event).anyMatch(this::contains));
  }

  private boolean contains(String value) {
    return value != null && value.toLowerCase(Locale.ROOT).contains(text);
  }

  private static Stream<String> texts(SecurityEvent event) {
    return Stream.of(
        event.getType(),
        event.getTitle(),
        event.getClientId(),
        event.getUsername(),
        event.getRemoteAddress(),
        event.getTopic(),
        event.getEdge(),
        event.getLayer().name(),
        event.getAction().name());
  }

  private static int limit(String limit, int most) {
    if (limit == null) {
      return Math.min(DEFAULT_LIMIT, most);
    }
    try {
      int value = Integer.parseInt(limit);
      if (value >= 1 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw badLimit(limit, most, e);
    }
    throw badLimit(limit, most, null);
  }

  private static BadRequest badLimit(String limit, int most, Exception cause) {
    return new BadRequest(
        "limit is '%s', expected a number from 1 to %d"
            .formatted(PrintableText.of(limit, 40), most),
        cause);
  }

  private static Severity severity(String severity) {
    try {
      return Severity.valueOf(severity.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new BadRequest(
          "severity is '%s', expected one of %s"
              .formatted(PrintableText.of(severity, 40), Arrays.toString(Severity.values())),
          e);
    }
  }
}
