package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Written in two steps an expression matches what it did, at the same places. */
final class RegexForJavaTest {

  private static final String WORDS =
      IntStream.range(0, 60)
          .mapToObj(i -> "abc".charAt(i % 3) + "b".repeat(i % 7) + (i % 4 == 0 ? "c" : "[ab]"))
          .collect(Collectors.joining("|"));

  private static final List<String> SOURCES =
      List.of(
          "a{0,17}",
          "a{0,40}b",
          "b[ab]{5,60}c",
          "b[ab]{5,60}?c",
          "a{0,33}?",
          "^(?:ab){2,90}",
          "c[abc]{0,100}a",
          "c[abc]{20,37}?a",
          "(?:a|b{0,20}c){0,25}",
          "^a|^b[ab]*c|^c",
          "(?:^a|^b|^)c",
          WORDS,
          "c(?:" + WORDS + ")+");

  @Property(tries = 300)
  void findsTheSamePlaces(@ForAll("texts") String text) {
    for (String source : SOURCES) {
      Regex regex = RegexParser.parse(source, false, true);
      assertEquals(
          places(regex.print(), text), places(RegexForJava.of(regex).print(), text), source);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> runs =
        Arbitraries.oneOf(
            Arbitraries.strings().withChars("abc").ofMaxLength(30),
            Arbitraries.integers().between(0, 120).map(n -> "a".repeat(n)),
            Arbitraries.integers().between(0, 60).map(n -> "ab".repeat(n)));
    return runs.list().ofMaxSize(5).map(parts -> String.join("", parts));
  }

  private static List<String> places(String pattern, String text) {
    List<String> places = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
    while (matcher.find()) {
      places.add(matcher.start() + " to " + matcher.end());
    }
    return places;
  }
}
