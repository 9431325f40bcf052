package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.TopicFilter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTrieTest {

  @Property
  void agreesWithTheReference(
      @ForAll("filters") Set<String> filters, @ForAll("topics") List<String> topics) {
    FilterTrie<String> trie = new FilterTrie<>();
    filters.forEach(filter -> trie.put(filter, "client", filter));

    topics.forEach(topic -> assertEquals(matching(filters, topic), found(trie, topic)));
  }

  @Property
  void removesNothingElseAndLeavesNothingBehind(
      @ForAll("filters") Set<String> stay,
      @ForAll("filters") Set<String> go,
      @ForAll("topics") List<String> topics) {
    FilterTrie<String> trie = new FilterTrie<>();
    stay.forEach(filter -> trie.put(filter, "stays", filter));
    go.forEach(filter -> trie.put(filter, "goes", filter));

    go.forEach(filter -> trie.remove(filter, "goes"));

    topics.forEach(topic -> assertEquals(matching(stay, topic), found(trie, topic)));
    assertEquals(stay.size(), trie.size());
    stay.forEach(filter -> trie.remove(filter, "stays"));
    assertTrue(trie.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "#,       a/b,     true",
    "a/#,     a,       true",
    "a/#,     a/b/c,   true",
    "a/#,     ab,      false",
    "+,       a,       true",
    "+,       a/b,     false",
    "+/+,     /a,      true",
    "/+,      /a,      true",
    "+,       /a,      false",
    "a/+,     a/,      true",
    "a/+,     a,       false",
    "a/+/c,   a//c,    true",
    "#,       $SYS/a,  false",
    "+/a,     $SYS/a,  false",
    "$SYS/#,  $SYS/a,  true",
    "$SYS/+,  $SYS/a,  true",
    "a/#,     a/$SYS,  true",
    "a/+,     a/$SYS,  true",
  })
  void followsTheStandard(String filter, String topic, boolean matches) {
    FilterTrie<String> trie = new FilterTrie<>();
    trie.put(filter, "client", filter);

    assertEquals(matches ? Set.of(filter) : Set.of(), found(trie, topic));
  }

  @Test
  void depthIsNoDanger() {
    FilterTrie<String> trie = new FilterTrie<>();
    String filter = "+/".repeat(30_000) + "#";
    trie.put(filter, "client", filter);

    assertEquals(Set.of(filter), found(trie, "/".repeat(30_000)));
    trie.remove(filter, "client");
    assertTrue(trie.isEmpty());
  }

  @Test
  void removingWhatIsNotThereChangesNothing() {
    FilterTrie<String> trie = new FilterTrie<>();
    trie.put("a/+", "client", "here");

    trie.remove("a/+", "another");
    trie.remove("a/+/b", "client");
    trie.remove("a", "client");

    assertEquals(Set.of("here"), found(trie, "a/x"));
    assertEquals(1, trie.size());
  }

  /** Few levels and names, so that filters and topics meet. */
  @Provide
  Arbitrary<Set<String>> filters() {
    Arbitrary<String> level = Arbitraries.of("a", "b", "", "$x", "+");
    Arbitrary<String> rest = Arbitraries.of("", "/#");
    Arbitrary<String> filter =
        Combinators.combine(path(level), rest)
            .as((path, end) -> path + end)
            .filter(text -> !text.isEmpty());
    return Arbitraries.oneOf(filter, Arbitraries.just("#")).set().ofMaxSize(12);
  }

  @Provide
  Arbitrary<List<String>> topics() {
    return path(Arbitraries.of("a", "b", "", "$x"))
        .filter(text -> !text.isEmpty())
        .list()
        .ofMaxSize(20);
  }

  private static Arbitrary<String> path(Arbitrary<String> level) {
    return level.list().ofMinSize(1).ofMaxSize(5).map(levels -> String.join("/", levels));
  }

  private static Set<String> matching(Set<String> filters, String topic) {
    Set<String> matching = new HashSet<>(filters);
    matching.removeIf(filter -> !TopicFilter.of(filter).matches(topic));
    return matching;
  }

  private static Set<String> found(FilterTrie<String> trie, String topic) {
    Set<String> found = new HashSet<>();
    trie.match(topic, found::add);
    return found;
  }
}
