package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RegexParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "(abc ¦ '(' without ')'",
        "abc) ¦ ')' without '('",
        "[abc ¦ '[' without ']'",
        "*a ¦ nothing before '*'",
        "a** ¦ a repeat of a repeat",
        "a++ ¦ a repeat of a repeat",
        "^* ¦ a repeat of a place",
        "(?=a)b ¦ no look-around",
        "(?<!a)b ¦ no look-around",
        "(?P<n>a) ¦ no look-around",
        "(a)\\1 ¦ '\\1' is not in the rule language",
        "\\p{L} ¦ '\\p' is not in the rule language",
        "a\\ ¦ a single '\\' at the end",
        "\\xg1 ¦ two hexadecimal digits",
        "\\x{1234} ¦ two hexadecimal digits",
        "a{1001} ¦ at most 1000 repeats",
        "a{3,2} ¦ the smaller number first",
        "[z-a] ¦ a range that runs backwards",
        "[[:alpha:]] ¦ POSIX class",
        "[ä] ¦ it has several bytes",
        "[^\\s\\S] ¦ a class without members",
      })
  void refusesByNameWhatIsNotInTheLanguage(String pattern, String reason) {
    RegexSyntaxException refusal =
        assertThrows(
            RegexSyntaxException.class, () -> PayloadPattern.compile(pattern, false, false));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }

  @Test
  void refusesNestingWithoutEnd() {
    String deep = "(".repeat(5000) + "a" + ")".repeat(5000);
    assertThrows(RegexSyntaxException.class, () -> PayloadPattern.compile(deep, false, false));
  }

  @Test
  void findsTheLiteralsThatAMatchNeeds() {
    assertEquals(List.of(Set.of("needle")), literals("(?i)x?NEEDLE\\d*"));
    assertEquals(List.of(Set.of("cat", "dog")), literals("\\w(?:cat|dog)\\w*"));
    assertEquals(List.of(Set.of("abab")), literals("(?:ab){2}\\w*"));
    assertEquals(List.of(), literals("\\w+"));
    assertEquals(List.of(), literals("(?:needle)?x*"));
    assertEquals(List.of(), literals("needle|\\w+"));
    assertEquals(List.of(Set.of("one", "two")), literals("one|two\\w"));
    assertEquals(
        List.of(Set.of("cat", "dog"), Set.of("&", ";")), literals("[;&]\\w*(?:cat|dog)\\w*"));
  }

  /** Against java.util.regex, where both have the same language. */
  @Property(tries = 500)
  void meansWhatItMeansElsewhere(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean expected = Pattern.compile(pattern).matcher(text).find();
    assertEquals(
        expected,
        PayloadPattern.compile(pattern, false, false).find(bytes, bytes.length).exists(),
        pattern + " in " + text);
  }

  /** If a pattern matches then one of its literals occurs: else the Java engine would miss it. */
  @Property(tries = 500)
  void literalsAreInEveryMatch(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
    PayloadPattern compiled = PayloadPattern.compile(pattern, true, true);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (compiled.find(bytes, bytes.length).exists()) {
      String folded = text.toLowerCase(java.util.Locale.ROOT);
      for (Set<String> set : compiled.literals()) {
        assertTrue(
            set.stream().anyMatch(folded::contains),
            pattern + " in " + text + " without any of " + set);
      }
    }
  }

  @Provide
  Arbitrary<String> patterns() {
    Arbitrary<String> atom =
        Arbitraries.of(
            "a",
            "b",
            "ab",
            ".",
            "[ab]",
            "[^a]",
            "\\d",
            "\\w",
            "\\s",
            "(?:a|bc)",
            "(?:ab|c)?",
            "\\b",
            "1",
            " ");
    Arbitrary<String> repeat = Arbitraries.of("", "", "", "*", "+", "?", "{2}", "{1,2}", "*?");
    Arbitrary<String> part =
        net.jqwik.api.Combinators.combine(atom, repeat)
            .as((a, r) -> a.equals("\\b") || a.endsWith("?") ? a : "(?:" + a + ")" + r);
    return part.list().ofMinSize(1).ofMaxSize(5).map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("abcAB1 \n.").ofMaxLength(12);
  }

  private static List<Set<String>> literals(String pattern) {
    return PayloadPattern.compile(pattern, false, false).literals();
  }
}
