package io.mqttsentinel.allinone;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code ./sentinel inspect} was asked.
 *
 * @param payload a file; empty for standard input
 * @param every between two messages of the client
 * @param repeat how often the payload is sent
 * @param rate of the repetitions, a second
 */
record InspectArguments(
    Optional<Path> payload,
    String topic,
    String client,
    Optional<String> username,
    Optional<String> contentType,
    Optional<String> tenant,
    Optional<Path> history,
    String historyTopic,
    Duration every,
    int repeat,
    OptionalInt rate,
    Optional<String> rules,
    String engine,
    boolean json) {

  private static final String JSON = "--json";
  private static final Set<String> OPTIONS =
      Set.of(
          "--topic",
          "--client",
          "--username",
          "--content-type",
          "--tenant",
          "--history",
          "--history-topic",
          "--every",
          "--repeat",
          "--rate",
          "--rules",
          "--engine");
  private static final int MOST_REPEATED = 100_000;
  private static final int MOST_A_SECOND = 1000;
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /**
   * Reads the words behind the command.
   *
   * @throws IllegalArgumentException naming what is wrong, and what was expected
   */
  static InspectArguments parse(List<String> words) {
    Map<String, String> given = new HashMap<>();
    String payload = null;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(JSON)) {
        given.put(JSON, "");
      } else if (!word.startsWith("--")) {
        check(payload == null, "expected one payload's file, got '%s' too".formatted(word));
        payload = word;
      } else {
        check(OPTIONS.contains(word), "unknown option '%s'".formatted(word));
        check(i + 1 < words.size(), word + " needs a value");
        given.put(word, words.get(++i));
      }
    }
    check(payload != null, "expected one payload's file, or - for standard input, got none");
    return of(payload, given);
  }

  private static InspectArguments of(String payload, Map<String, String> given) {
    String client = text(given, "--client").orElse("device");
    String topic = text(given, "--topic").orElseGet(() -> "clients/" + client + "/data");
    OptionalInt rate = number(given, "--rate", MOST_A_SECOND);
    return new InspectArguments(
        payload.equals("-") ? Optional.empty() : Optional.of(path(payload)),
        topic,
        client,
        text(given, "--username"),
        text(given, "--content-type"),
        text(given, "--tenant"),
        text(given, "--history").map(InspectArguments::path),
        text(given, "--history-topic").orElse(topic),
        duration(given.getOrDefault("--every", "10s")),
        number(given, "--repeat", MOST_REPEATED).orElse(rate.orElse(1)),
        rate,
        text(given, "--rules"),
        given.getOrDefault("--engine", "auto"),
        given.containsKey(JSON));
  }

  private static Optional<String> text(Map<String, String> given, String option) {
    String value = given.get(option);
    check(value == null || !value.isEmpty(), option + " is '', expected a text");
    return Optional.ofNullable(value);
  }

  private static OptionalInt number(Map<String, String> given, String option, int most) {
    String value = given.get(option);
    if (value == null) {
      return OptionalInt.empty();
    }
    int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : 0;
    check(
        number >= 1 && number <= most,
        "%s is '%s', expected a number from 1 to %d".formatted(option, value, most));
    return OptionalInt.of(number);
  }

  private static Duration duration(String text) {
    Matcher parts = DURATION.matcher(text);
    String expected = "--every is '%s', expected a time such as 500ms, 10s or 5m".formatted(text);
    check(parts.matches(), expected);
    long number = Long.parseLong(parts.group(1));
    check(number > 0, expected);
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'%s' is no path: %s".formatted(text, e.getReason()), e);
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
