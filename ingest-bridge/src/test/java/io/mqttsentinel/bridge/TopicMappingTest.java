package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.bridge.TopicMapping.Result.Mapped;
import io.mqttsentinel.bridge.TopicMapping.Result.Refused;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicMappingTest {

  @Test
  void prefixIsTakenAwayAndPutInFront() {
    TopicMapping mapping = new TopicMapping(List.of("plant/+/alarm"), "plant/", "clients/");
    assertEquals(new Mapped("clients/dev-1/alarm"), mapping.map("plant/dev-1/alarm"));
  }

  @Property
  void withoutPrefixesTheTopicStays(
      @ForAll @AlphaChars @StringLength(min = 1, max = 20) String level) {
    TopicMapping mapping = new TopicMapping(List.of("#"), "", "");
    assertEquals(new Mapped("a/" + level), mapping.map("a/" + level));
  }

  @Property
  void whatIsMappedHasTheNewPrefixAndTheOldRest(
      @ForAll @AlphaChars @StringLength(min = 1, max = 9) String in,
      @ForAll @AlphaChars @StringLength(min = 1, max = 9) String out,
      @ForAll @AlphaChars @StringLength(min = 1, max = 9) String rest) {
    TopicMapping mapping = new TopicMapping(List.of("#"), in, out);
    assertEquals(new Mapped(out + rest), mapping.map(in + rest));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | empty",
        "in/a+b | wildcards",
        "in/a#b | wildcards",
        "elsewhere/a | matches no filter",
        "in/ | nothing is left",
        "in/$SYS/uptime | broker's own",
      })
  void badTopicIsRefusedWithItsReason(String topic, String reason) {
    TopicMapping mapping = new TopicMapping(List.of("in/#"), "in/", "");
    assertTrue(
        mapping.map(topic) instanceof Refused refused && refused.reason().contains(reason),
        mapping.map(topic).toString());
  }

  @Test
  void controlCharactersAndHalfCharactersAreRefused() {
    TopicMapping mapping = new TopicMapping(List.of("#"), "", "");
    assertTrue(mapping.map("a\u0000b") instanceof Refused);
    assertTrue(mapping.map("a\nb") instanceof Refused);
    assertTrue(mapping.map("a\ud800b") instanceof Refused);
    assertTrue(mapping.map("a\ud83d\ude00b") instanceof Mapped);
  }

  @Test
  void topicThatMappingMakesTooLongIsRefused() {
    TopicMapping mapping = new TopicMapping(List.of("#"), "", "x".repeat(100));
    assertTrue(mapping.map("y".repeat(65435)) instanceof Mapped);
    assertTrue(mapping.map("y".repeat(65436)) instanceof Refused);
  }

  @Test
  void sharedSubscriptionMatchesAsItsFilterDoes() {
    TopicMapping mapping = new TopicMapping(List.of("$share/bridges/clients/+/alerts"), "", "");
    assertEquals(new Mapped("clients/a/alerts"), mapping.map("clients/a/alerts"));
    assertTrue(mapping.map("clients/a/other") instanceof Refused);
  }

  @Test
  void filterThatCanNeverHaveThePrefixIsSeenAtTheStart() {
    assertTrue(TopicMapping.canMatch("plant/+/a", "plant/"));
    assertTrue(TopicMapping.canMatch("#", "plant/"));
    assertTrue(TopicMapping.canMatch("plant/+", "plant/7/"));
    assertTrue(TopicMapping.canMatch("$share/g/plant/a", "plant/"));
    assertFalse(TopicMapping.canMatch("other/+", "plant/"));
    assertFalse(TopicMapping.canMatch("plant", "plant/"));
  }
}
