package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.BanKind;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** What administrators write. All methods say in an IllegalArgumentException what is wrong. */
final class AdminInput {

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private AdminInput() {}

  static String value(BanKind kind, String value) {
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException("the name of the %s is empty".formatted(word(kind)));
    }
    if (kind == BanKind.ADDRESS && AddressRange.parse(value) == null) {
      throw new IllegalArgumentException(
          "'%s' is no address, nor a range such as 10.0.0.0/8".formatted(value));
    }
    return value;
  }

  static Duration duration(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    Duration duration;
    try {
      duration = upper.endsWith("D") ? Duration.parse("P" + upper) : Duration.parse("PT" + upper);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'%s' is no time such as 30s, 10m, 2h or 7d".formatted(text), e);
    }
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("'%s' is not more than nothing".formatted(text));
    }
    if (duration.compareTo(LONGEST) > 0) { // beyond it clocks and records have no number
      throw new IllegalArgumentException(
          "'%s' is more than %d days; without a time it is until removed"
              .formatted(text, LONGEST.toDays()));
    }
    return duration;
  }

  static String word(BanKind kind) {
    return switch (kind) {
      case CLIENT_ID -> "client";
      case USERNAME -> "user";
      case ADDRESS -> "address";
      case UNKNOWN -> "unknown";
    };
  }
}
