package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text counts as JSON, and only its strings as parts, where it is nothing but JSON. */
final class SegmentsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":\"x y\",\"b\":[1,-2.5,3e-7,0.5E+3],\"c\":{\"d\":true,\"e\":false,\"f\":null}}",
        " [ {\"a\" : 1 } , { \"b\" : \"c\\\"d\" } ] \r\n",
        "{\"a\":1}\n{\"a\":2}\n",
        "{\"a\":NaN,\"b\":-1}",
        "\"a string\"",
        "[[],[[1]],]",
      })
  void jsonIsItsStrings(String text) {
    assertTrue(areJson(text), text);
    assertFalse(parts(text).contains(text), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} 1' or 1=1 -- ",
        "[1] 1' or 1=1 -- ",
        "[] or 1=1",
        "{\"a\":\"b\"} union select 1",
        "{\"a\":1or 2}",
        "[1]\" or \"\"=\"",
        "[1,2]or",
        "{\"a\":\"b\" \"c\"}",
        "{\"a\":\"b\"1}",
        "[1 2]",
        "[1]2",
        "[--1]",
        "[1-1]",
        "[0x1]",
        "[truenull]",
        "[true1]",
        "{\"a\":\"no end",
        "{\"a\":'b'}",
        "[1.2.3]",
      })
  void whatIsMoreIsAPartAsAWhole(String text) {
    assertFalse(areJson(text), text);
    assertTrue(parts(text).contains(text), () -> text + " has " + parts(text));
  }

  @Test
  void theStringsArePartsThereToo() {
    assertEquals(List.of("a", "b", "{\"a\":\"b\"} or"), parts("{\"a\":\"b\"} or"));
  }

  @Test
  void eachPieceIsJsonOrNotForItself() {
    assertEquals(List.of("a", "b", "x' or", "c"), parts("{\"a\":\"b\"}¦x' or¦[\"c\"]"));
    assertFalse(areJson("{\"a\":\"b\"}¦x"));
    assertTrue(areJson("{\"a\":\"b\"}¦[\"c\"]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} 1' or 1=1 -- ",
        "[1] 1' or 1=1 -- ",
        "[{}]\n1' or 1=1 -- ",
        "{\"a\":\"b\"} 1' or 1=1 -- ",
        "{\"a\":1' or 1=1 -- }",
        "{\"a\":1,' or 1=1 -- :\"b\"}",
        "[\"a\"\" or 1=1 -- ]",
      })
  void aPrefixOfJsonHidesNoStatement(String text) {
    SecondOpinion opinion = new SecondOpinion();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    opinion.look(bytes, bytes.length);
    assertTrue(opinion.isSql(), text);
  }

  @Test
  void aPrefixOfJsonHidesNoMarkup() {
    SecondOpinion opinion = new SecondOpinion();
    byte[] bytes = "{} <script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
    opinion.look(bytes, bytes.length);
    assertTrue(opinion.isMarkup());
  }

  private static boolean areJson(String text) {
    byte[] bytes = bytes(text);
    return new Segments().areJson(bytes, bytes.length);
  }

  private static List<String> parts(String text) {
    byte[] bytes = bytes(text);
    Segments segments = new Segments();
    segments.reset(bytes, bytes.length);
    List<String> parts = new ArrayList<>();
    while (segments.next()) {
      parts.add(
          new String(
              bytes,
              segments.from(),
              segments.to() - segments.from(),
              StandardCharsets.ISO_8859_1));
    }
    return parts;
  }

  /** Separators are written as broken bars. */
  private static byte[] bytes(String text) {
    return text.replace('¦', (char) (JsonStrings.SEPARATOR & 0xff))
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
