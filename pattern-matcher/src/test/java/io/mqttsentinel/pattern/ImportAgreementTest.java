package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Random foreign rules against a slow evaluation of what their documentation says. */
final class ImportAgreementTest {

  private static final int ROUNDS = 3_000;

  private final Random random = new Random(20260301);

  @Test
  void contentsThatDependOnEachOther() {
    int translated = 0;
    for (int i = 0; i < ROUNDS; i++) {
      List<Content> contents = new ArrayList<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        contents.add(Content.random(random, contents.isEmpty()));
      }
      String options =
          "mqtt.publish.message; "
              + String.join(" ", contents.stream().map(Content::option).toList());
      Fragments.Joined match;
      try {
        match = ImportedRules.translated(options).match();
      } catch (ImportRefusedException e) {
        continue;
      }
      translated++;
      for (int n = 0; n < 30; n++) {
        String text = text("abAB", 12);
        assertEquals(
            Content.match(contents, 0, 0, text), hits(match, text), options + " on " + text);
      }
    }
    assertTrue(translated > ROUNDS / 2, translated + " translated");
  }

  @Test
  void expressions() {
    String[] expressions = {
      "^ab",
      "ab$",
      "^ab$",
      "\\Aab\\Z",
      "ab\\z",
      "^a|b$",
      "(?:^a|b$)",
      "(^|b)a",
      "a.b",
      "(a|b$)",
      "[^a]b",
      "[]a]b",
      "[[:alpha:]|(]b|a\\n",
      "(?i)ab",
      "a(?i)b|a\\nb",
      "a\\Sb",
      "(?s)a.b",
      "a(?=b)",
      "\\ba",
      "a\\b",
      "a{2}b",
      "a{2,}",
      "a.{1,2}b",
      "(?-s)a.b",
      "a+?b",
      "^",
      "a|",
      "a\\h",
      "\\x61b"
    };
    int translated = 0;
    for (String expression : expressions) {
      for (String flags : List.of("", "i", "s", "is", "m", "E", "A")) {
        Fragments.Joined match;
        try {
          Fragment fragment = PcreSyntax.translate(expression, flags, true).fragment();
          match = Fragments.join(List.of(fragment), List.of());
        } catch (ImportRefusedException e) {
          continue;
        }
        translated++;
        Pattern expected = java(expression, flags);
        for (int n = 0; n < 200; n++) {
          String text = text("abA \n]", 6);
          assertEquals(
              flags.equals("A")
                  ? expected.matcher(text).lookingAt()
                  : expected.matcher(text).find(),
              hits(match, text),
              "/%s/%s on '%s': %s".formatted(expression, flags, text, match));
        }
      }
    }
    assertTrue(translated > expressions.length * 4, translated + " translated");
  }

  private static Pattern java(String expression, String flags) {
    int set = Pattern.UNIX_LINES;
    set |= flags.contains("i") ? Pattern.CASE_INSENSITIVE : 0;
    set |= flags.contains("s") ? Pattern.DOTALL : 0;
    set |= flags.contains("m") ? Pattern.MULTILINE : 0;
    String java =
        expression
            .replace("[]a]", "[\\]a]")
            .replace("[[:alpha:]|(]", "[a-zA-Z|(]")
            .replace("\\h", "[ \\t]");
    return Pattern.compile(flags.contains("E") ? java.replace("$", "\\z") : java, set);
  }

  @Test
  void conditions() {
    int translated = 0;
    String selections = "a: [alfa]\nb: [bravo]\nc: [charlie]\n";
    for (int i = 0; i < ROUNDS / 10; i++) {
      Condition condition = condition(3);
      List<ImportedRule> rules;
      try {
        rules = ImportedRules.sigmaRules(selections + "condition: " + condition.text());
      } catch (ImportRefusedException e) {
        continue;
      }
      translated++;
      for (String text :
          List.of(
              "",
              "ALFA",
              "bravo",
              "charlie",
              "alfa bravo",
              "bravo alfa",
              "charlie alfa",
              "bravo\ncharlie",
              "charlie alfa bravo",
              "bravocharliealfa")) {
        assertEquals(
            condition.value().apply(text.toLowerCase(Locale.ROOT)),
            rules.stream().anyMatch(rule -> hits(rule.match(), text)),
            condition.text() + " on " + text);
      }
    }
    assertTrue(translated > ROUNDS / 30, translated + " translated");
  }

  private record Condition(String text, Function<String, Boolean> value) {}

  private Condition condition(int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      String word = List.of("alfa", "bravo", "charlie").get(random.nextInt(3));
      return new Condition(word.substring(0, 1), text -> text.contains(word));
    }
    Condition left = condition(depth - 1);
    if (random.nextInt(3) == 0) {
      return new Condition("not (" + left.text + ")", text -> !left.value.apply(text));
    }
    Condition right = condition(depth - 1);
    return random.nextBoolean()
        ? new Condition(
            "(" + left.text + " and " + right.text + ")",
            text -> left.value.apply(text) && right.value.apply(text))
        : new Condition(
            "(" + left.text + " or " + right.text + ")",
            text -> left.value.apply(text) || right.value.apply(text));
  }

  private String text(String alphabet, int longest) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(longest + 1); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static boolean hits(Fragments.Joined match, String text) {
    return found(match.pattern(), match.flags(), text)
        && (match.notMatch() == null || !found(match.notMatch(), match.flags(), text));
  }

  private static boolean found(String pattern, String flags, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return PayloadPattern.compile(pattern, flags.contains("i"), flags.contains("s"))
        .find(bytes, bytes.length)
        .exists();
  }

  /** One content; a positive one beside the first always is relative. */
  private record Content(
      String text,
      boolean negated,
      boolean anyCase,
      Integer offset,
      Integer depth,
      Integer distance,
      Integer within,
      boolean atEnd) {

    static Content random(Random random, boolean first) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(2); n >= 0; n--) {
        text.append("abAB".charAt(random.nextInt(4)));
      }
      int length = text.length();
      boolean negated = !first && random.nextInt(4) == 0;
      boolean placed = (first || negated) && random.nextInt(3) == 0;
      boolean relative = !first && !negated;
      return new Content(
          text.toString(),
          negated,
          random.nextBoolean(),
          placed && random.nextBoolean() ? random.nextInt(4) : null,
          placed && random.nextBoolean() ? length + random.nextInt(4) : null,
          relative ? random.nextInt(3) : null,
          relative && random.nextBoolean() ? length + random.nextInt(4) : null,
          !placed && random.nextInt(5) == 0);
    }

    String option() {
      return "content:%s\"%s\";%s%s%s%s%s%s"
          .formatted(
              negated ? "!" : "",
              text,
              anyCase ? " nocase;" : "",
              value("offset", offset),
              value("depth", depth),
              value("distance", distance),
              value("within", within),
              atEnd ? " endswith;" : "");
    }

    private static String value(String name, Integer number) {
      return number == null ? "" : " %s:%d;".formatted(name, number);
    }

    /** Whether all from {@code i} on fit behind the place where the one before ended. */
    static boolean match(List<Content> contents, int i, int before, String payload) {
      if (i == contents.size()) {
        return true;
      }
      Content content = contents.get(i);
      int begin = content.distance == null ? 0 : before + content.distance;
      begin += content.offset == null ? 0 : content.offset;
      int end = payload.length();
      end = content.depth == null ? end : Math.min(end, begin + content.depth);
      end = content.within == null ? end : Math.min(end, begin + content.within);
      Set<String> forms =
          content.anyCase ? Set.of(content.text.toLowerCase(Locale.ROOT)) : Set.of(content.text);
      String searched = content.anyCase ? payload.toLowerCase(Locale.ROOT) : payload;
      boolean found = false;
      for (int at = begin; at + content.text.length() <= end; at++) {
        int stop = at + content.text.length();
        if (!forms.contains(searched.substring(at, stop))
            || (content.atEnd && stop != payload.length())) {
          continue;
        }
        found = true;
        if (!content.negated && match(contents, i + 1, stop, payload)) {
          return true;
        }
      }
      return content.negated && !found && match(contents, i + 1, before, payload);
    }
  }
}
