package io.mqttsentinel.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the selections below {@code detection} of a Sigma rule. */
final class SigmaSelections {

  private static final Map<String, InspectedField> FIELDS =
      Map.of(
          "topic", InspectedField.TOPIC,
          "mqtt_topic", InspectedField.TOPIC,
          "clientid", InspectedField.CLIENT_ID,
          "client_id", InspectedField.CLIENT_ID,
          "username", InspectedField.USERNAME,
          "user", InspectedField.USERNAME,
          "user_name", InspectedField.USERNAME);

  /** Texts of a log that someone sent: here all of them arrive as payload. */
  private static final Set<String> PAYLOAD =
      Stream.of(
              "payload",
              "message",
              "data",
              "body",
              "content",
              "CommandLine",
              "ScriptBlockText",
              "c-uri",
              "c-uri-query",
              "c-uri-stem",
              "cs-uri",
              "cs-uri-query",
              "cs-uri-stem",
              "request_body")
          .map(name -> name.toLowerCase(Locale.ROOT))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> PLACES = Set.of("contains", "startswith", "endswith", "re");
  private static final Set<String> MODIFIERS =
      Set.of("contains", "startswith", "endswith", "re", "all", "cased", "i", "m", "s");

  private static final int LONGEST = 10_000;

  private SigmaSelections() {}

  /**
   * A mapping asks for all its fields, a list for any of its entries.
   *
   * @throws ImportRefusedException naming a field or a modifier that has no counterpart
   */
  static SigmaExpression selection(Object value) {
    if (value instanceof Map<?, ?> fields) {
      List<SigmaExpression> parts = new ArrayList<>();
      fields.forEach((key, wanted) -> parts.add(field(String.valueOf(key), wanted)));
      return all(parts);
    }
    if (value instanceof List<?> options) {
      List<SigmaExpression> parts = new ArrayList<>();
      for (Object option : options) {
        parts.add(
            option instanceof Map<?, ?> || option instanceof List<?>
                ? selection(option)
                : keyword(option));
      }
      return any(parts);
    }
    return keyword(value);
  }

  private static SigmaExpression keyword(Object value) {
    return new SigmaExpression.Match(
        InspectedField.PAYLOAD, SigmaText.fragment(text(value), false, false, false));
  }

  private static SigmaExpression field(String key, Object wanted) {
    List<String> parts = List.of(key.split("\\|", -1));
    Set<String> modifiers = new TreeSet<>(parts.subList(1, parts.size()));
    for (String modifier : modifiers) {
      if (!MODIFIERS.contains(modifier)) {
        throw new ImportRefusedException("modifier '" + modifier + "' has no counterpart");
      }
    }
    boolean expression = modifiers.contains("re");
    String flags =
        modifiers.stream().filter(modifier -> modifier.length() == 1).collect(Collectors.joining());
    if (modifiers.stream().filter(PLACES::contains).count() > 1
        || (!flags.isEmpty() && !expression)) {
      throw new ImportRefusedException(
          "modifiers '%s' do not go together".formatted(String.join("|", modifiers)));
    }
    InspectedField field = known(parts.getFirst());
    boolean anywhere = parts.getFirst().isEmpty() || modifiers.contains("contains");
    List<SigmaExpression> options = new ArrayList<>();
    for (Object value : wanted instanceof List<?> list ? list : java.util.Arrays.asList(wanted)) {
      Fragment fragment =
          expression
              ? PcreSyntax.translate(text(value), flags, false).fragment()
              : SigmaText.fragment(
                  text(value),
                  !anywhere && !modifiers.contains("endswith"),
                  !anywhere && !modifiers.contains("startswith"),
                  modifiers.contains("cased"));
      options.add(new SigmaExpression.Match(field, fragment));
    }
    return modifiers.contains("all") ? all(options) : any(options);
  }

  private static SigmaExpression all(List<SigmaExpression> parts) {
    refuseNone(parts);
    return parts.size() == 1 ? parts.getFirst() : new SigmaExpression.All(parts);
  }

  private static SigmaExpression any(List<SigmaExpression> parts) {
    refuseNone(parts);
    return SigmaExpression.any(parts);
  }

  private static void refuseNone(List<SigmaExpression> parts) {
    if (parts.isEmpty()) {
      throw new ImportRefusedException("a selection is empty");
    }
  }

  /** The field that a log's field stands for; without a name all that was sent. */
  private static InspectedField known(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    if (plain.isEmpty() || PAYLOAD.contains(plain)) {
      return InspectedField.PAYLOAD;
    }
    InspectedField field = FIELDS.get(plain);
    if (field == null) {
      throw new ImportRefusedException("field '" + name + "' has no counterpart");
    }
    return field;
  }

  /** What YAML may have read differently from how it is written is no text. */
  private static String text(Object value) {
    return switch (value) {
      case String text when text.length() > LONGEST ->
          throw new ImportRefusedException("a value is longer than " + LONGEST + " characters");
      case String text -> text;
      case Integer number -> number.toString();
      case Long number -> number.toString();
      case null -> throw new ImportRefusedException("a value is null: a field that is missing");
      default -> throw new ImportRefusedException("a value is '" + value + "', expected a text");
    };
  }
}
