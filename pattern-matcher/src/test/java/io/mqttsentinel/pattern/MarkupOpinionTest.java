package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MarkupOpinionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "<script>alert(1)</script> ¦ ELEMENT",
        "<ScRiPt src=//x.example> ¦ ELEMENT",
        "x<script x=y>z ¦ ELEMENT",
        "<iframe src=x> ¦ ELEMENT",
        "<object data=//x.example/y> ¦ ELEMENT",
        "<base href=//x.example> ¦ ELEMENT",
        "<img src=x onerror=alert(1)> ¦ HANDLER",
        "<svg/onload=alert(1)> ¦ HANDLER",
        "<p/x=\"a>b\"/onclick='x()'> ¦ HANDLER",
        "<x a='b' onpointerrawupdate=\"y()\" ¦ HANDLER",
        "\" onmouseover=\"alert(1) ¦ HANDLER",
        "x' autofocus onfocus=alert`1` ¦ HANDLER",
        "<a href=javascript:alert(1)> ¦ ADDRESS",
        "<a href=\" java\tscript:alert(1)\"> ¦ ADDRESS",
        "<form><button formaction=javascript:x()> ¦ ADDRESS",
        "<iframex srcdoc='<b>'> ¦ ADDRESS",
        "<a style='x:expression(alert(1))'> ¦ ADDRESS",
        "javascript:alert(1) ¦ ADDRESS",
        "JaVaScRiPt:x=1 ¦ ADDRESS",
        "data:text/html,<b>x ¦ ADDRESS",
        "';alert(1)// ¦ SCRIPT",
        "\"-confirm`1`-\" ¦ SCRIPT",
        "'+document.cookie+' ¦ SCRIPT",
        "'];top['al'+'ert'](1)// ¦ SCRIPT",
      })
  void knowsWhatMakesABrowserAct(String text, MarkupShape shape) {
    MarkupOpinion opinion = new MarkupOpinion();
    assertTrue(judge(opinion, text), text);
    assertEquals(shape, opinion.shape(), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<",
        "a < b",
        "<p>text</p>",
        "<b>bold</b> and <i>more</i>",
        "x < script > y",
        "List<Script>",
        "show(\"%s\", string.upper(name))",
        "\"_\"+self.label",
        "Map<String, Object> cache",
        "<img src=\"logo.png\" alt=\"on = 1\">",
        "<a href=\"https://example.com/\">x</a>",
        "<config online=\"true\"><frame id=\"3\"/></config>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><data href=\"x\"/>",
        "online=true",
        "mode onload = 5",
        "only=a(b)",
        "language: javascript: yes",
        "javascript: ",
        "data: text/html",
        "data:image/png;base64,iVBOR",
        "see 'document', 'window' and 'alert'",
        "'a'; alert",
        "temp=21.5&state='on'",
        "12:30:45",
        "<13>Mar  1 12:00:00 host app: onset=3",
      })
  void leavesOtherTextsAlone(String text) {
    MarkupOpinion opinion = new MarkupOpinion();
    boolean found = judge(opinion, text);
    assertFalse(found, () -> text + ": " + opinion.shape() + " at " + opinion.place());
  }

  @Property(tries = 1000)
  void neverThrowsAndStaysInBounds(@ForAll("texts") String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MarkupOpinion opinion = new MarkupOpinion();
    opinion.reset(bytes.length);
    if (opinion.judge(bytes, 0, bytes.length)) {
      assertTrue(opinion.place() >= 0 && opinion.place() < bytes.length, text);
    }
  }

  /** Whatever attributes a tag has before, its handler is seen. */
  @Property(tries = 300)
  void findsTheHandlerBehindOtherAttributes(@ForAll("attributes") String attributes) {
    assertTrue(judge(new MarkupOpinion(), "<x " + attributes + " onerror=y>"), attributes);
  }

  @Provide
  Arbitrary<String> attributes() {
    return Arbitraries.of("a", "b=c", "d='e f'", "g=\"h>i\"", "/", "j = k", "l=`m n`", "o=//p")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join(" ", parts));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "<",
            ">",
            "/",
            "a",
            "script",
            " ",
            "=",
            "'",
            "\"",
            "`",
            "on",
            "onerror",
            "href",
            "javascript",
            ":",
            "data:",
            "style",
            "\u0000",
            "\n",
            "!",
            "?",
            "-->",
            "ü",
            ";",
            "alert",
            "(",
            "x")
        .list()
        .ofMaxSize(120)
        .map(parts -> String.join("", parts));
  }

  private static boolean judge(MarkupOpinion opinion, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    opinion.reset(bytes.length);
    return opinion.judge(bytes, 0, bytes.length);
  }
}
