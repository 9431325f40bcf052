package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {

  /** Levels that filters use, and one (z) that none of them names. */
  private static final List<String> WORDS = List.of("a", "b", "$s", "", "z");

  private static final int DEEPEST = 4;
  private static final List<String> TOPICS = allTopics();

  @ParameterizedTest // examples of MQTT 5.0, 4.7.1 and 4.7.2
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1, true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/tennis/player1/#, sport/tennis/player2, false",
    "sport/#, sport, true",
    "#, sport, true",
    "sport/tennis/+, sport/tennis/player1, true",
    "sport/tennis/+, sport/tennis/player1/ranking, false",
    "sport/+, sport, false",
    "sport/+, sport/, true",
    "+/+, /finance, true",
    "/+, /finance, true",
    "+, /finance, false",
    "#, $SYS/broker, false",
    "+/monitor/Clients, $SYS/monitor/Clients, false",
    "$SYS/#, $SYS/broker, true",
    "$SYS/monitor/+, $SYS/monitor/Clients, true",
    "a/b, a/b, true",
    "a/b, a/B, false",
    "a/b, a/b/, false",
    "a/+/c/#, a/x/c, true",
    "a/+/c/#, a/x/d, false",
  })
  void matchesAsTheStandardSays(String filter, String topic, boolean expected) {
    assertEquals(expected, TopicFilter.of(filter).matches(topic));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sport+", "a/+b", "a/b+/c", "#/a", "a/#/b", "a#", "a/b#", "a\0b", "\uD800"})
  void refusesWhatTheStandardRefuses(String text) {
    assertFalse(TopicFilter.isValid(text));
    assertThrows(IllegalArgumentException.class, () -> TopicFilter.of(text));
  }

  @Test
  void saysWhatIsWrong() {
    var failure = assertThrows(IllegalArgumentException.class, () -> TopicFilter.of("a/b#"));
    assertEquals(
        "topic filter 'a/b#' has a # that is not its whole last level", failure.getMessage());
  }

  @Test
  void lengthCountsInBytes() {
    assertTrue(TopicFilter.isValid("ä".repeat(32_767)));
    assertFalse(TopicFilter.isValid("ä".repeat(32_768)));
    assertTrue(TopicFilter.isTopicName("😀/x"));
  }

  @Test
  void topicNamesHaveNoWildcards() {
    assertTrue(TopicFilter.isTopicName("a/b"));
    assertFalse(TopicFilter.isTopicName("a/+"));
    assertFalse(TopicFilter.isTopicName("a/#"));
    assertFalse(TopicFilter.isTopicName(""));
  }

  @Property(tries = 2000)
  void coversWhatMatchesNoMore(@ForAll("filters") String wide, @ForAll("filters") String narrow) {
    TopicFilter w = TopicFilter.of(wide);
    TopicFilter n = TopicFilter.of(narrow);
    boolean expected = TOPICS.stream().filter(n::matches).allMatch(w::matches);
    assertEquals(expected, w.covers(n), () -> wide + " covers " + narrow);
  }

  @Property(tries = 2000)
  void intersectsWhereOneTopicMatchesBoth(
      @ForAll("filters") String one, @ForAll("filters") String other) {
    TopicFilter a = TopicFilter.of(one);
    TopicFilter b = TopicFilter.of(other);
    boolean expected = TOPICS.stream().anyMatch(t -> a.matches(t) && b.matches(t));
    assertEquals(expected, a.intersects(b), () -> one + " intersects " + other);
    assertEquals(expected, b.intersects(a), "the same from the other side");
  }

  @Property
  void topicNameIsAFilterOfItself(
      @ForAll("filters") String filter, @ForAll("topics") String topic) {
    TopicFilter exact = TopicFilter.of(topic);
    assertFalse(exact.hasWildcards());
    assertEquals(TopicFilter.of(filter).matches(topic), TopicFilter.of(filter).covers(exact));
  }

  @Provide
  Arbitrary<String> topics() {
    return Arbitraries.of(TOPICS);
  }

  @Provide
  Arbitrary<String> filters() {
    Arbitrary<String> middle =
        Arbitraries.of("a", "b", "$s", "", "+")
            .list()
            .ofMaxSize(DEEPEST - 1)
            .map(levels -> String.join("/", levels));
    Arbitrary<Boolean> open = Arbitraries.of(true, false);
    return Combinators.combine(middle, open)
        .as((m, tail) -> !tail ? m : m.isEmpty() ? "#" : m + "/#")
        .filter(TopicFilter::isValid);
  }

  private static List<String> allTopics() {
    List<String> all = new ArrayList<>();
    List<String> longest = WORDS;
    for (int depth = 1; depth <= DEEPEST; depth++) {
      all.addAll(longest);
      longest = longest.stream().flatMap(t -> WORDS.stream().map(word -> t + "/" + word)).toList();
    }
    all.remove("");
    return all;
  }
}
