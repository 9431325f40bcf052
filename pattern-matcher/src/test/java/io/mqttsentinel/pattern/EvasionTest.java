package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However an attack is disguised, some view shows it plainly. */
final class EvasionTest {

  private static final String SQL = "' or 1=1 union select 1,2 -- ";
  private static final String MARKUP = "<script>alert(document.cookie)</script>";

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        // percent encoding
        "%27%20or%201=1 ¦ ' or 1=1",
        "%2527%2520or%25201=1 ¦ ' or 1=1",
        "%252527%252520or%2525201=1 ¦ ' or 1=1",
        "q=x%27+or+1%3D1 ¦ ' or 1=1",
        "%u0027%u0020or%u00201=1 ¦ ' or 1=1",
        "%uff1cscript%uff1e ¦ <script>",
        "UN%49ON%20SELECT ¦ UNION SELECT",
        // overlong UTF-8, full width, look-alikes, what nobody sees
        "..%c0%af..%c0%afetc ¦ ../../etc",
        "..%c1%9c..%c1%9cwin ¦ ..\\..\\win",
        "..%e0%80%af..%e0%80%afetc ¦ ../../etc",
        "..%f0%80%80%af..%f0%80%80%afetc ¦ ../../etc",
        "＜script＞alert（1）＜／script＞ ¦ <script>alert(1)</script>",
        "＇　ｏｒ １＝１ ¦ ' or 1=1",
        "x’ or 1=1 ¦ x' or 1=1",
        "xʼ or 1=1 ¦ x' or 1=1",
        "<scr\u200bipt>al\u00adert ¦ <script>alert",
        "<\u017fcript> ¦ <script>",
        // references of HTML
        "&lt;script&gt;alert ¦ <script>alert",
        "&ltscript&gtalert(1) ¦ <script>alert(1)",
        "&LT;script&GT; ¦ <script>",
        "&#60script&#62 ¦ <script>",
        "&#x3c;script&#x3E; ¦ <script>",
        "&#x000003cscript&#0000062; ¦ <script>",
        "java&Tab;script&colon;alert&lpar;1&rpar; ¦ java\tscript:alert(1)",
        "&amp;lt;script&amp;gt; ¦ <script>",
        // backslash escapes
        "\\x3cscript\\x3e ¦ <script>",
        "\\u003cscript\\u003e ¦ <script>",
        "\\u{3c}script\\u{00003e} ¦ <script>",
        "\\074script\\076 ¦ <script>",
        "al\\u0065rt(1) ¦ alert(1)",
        "{\"a\":\"\\u0027 or 1\\u003d1\"} ¦ ' or 1=1",
        "{\"a\":\"{\\\"b\\\":\\\"\\\\u0027 or 1=1\\\"}\"} ¦ ' or 1=1",
        "{\"a\":\"x\",\"b\":[{\"c\":\"%27%20or%201=1\"}]} ¦ ' or 1=1",
        "{\"a\":\"&#39; or 1=1\" broken ¦ ' or 1=1",
        // behind what looks like the beginning of JSON
        "[x] q=%3Cscript%3Ealert(1)%3C/script%3E ¦ <script>alert(1)",
        "{} q=%27%20or%201=1 ¦ ' or 1=1",
        "{x &lt;script&gt; ¦ <script>",
        "\"x\" %27%20or%201=1 ¦ ' or 1=1",
        "{\"a\":1} \\x3cscript\\x3e ¦ <script>",
        "{\"a\":%27 or 1=1} ¦ ' or 1=1",
        "[1] \" or%20\"1\"=\"1 ¦ \" or \"1\"=\"1",
        "[1] ＜script＞ ¦ <script>",
        "{} c\"\"at /etc/passwd ¦ cat /etc/passwd",
        "{} UN/**/ION SEL/**/ECT c\"\"at ¦ UNION SELECT cat",
        // SQL comments
        "1 UN/**/ION SEL/*x*/ECT 2 ¦ 1 UNION SELECT 2",
        "1/**/union/*!50000select*//**/2 ¦ 1 union select  2",
        "{\"q\":\"1 uni/**/on sel/**/ect 2\"} ¦ 1 union select 2",
        // the shell
        "c''at /etc/passwd ¦ cat /etc/passwd",
        "c\"\"at /e't'c/passwd ¦ cat /etc/passwd",
        "c\\at /etc/pas\\swd ¦ cat /etc/passwd",
        "cat${IFS}/etc/passwd ¦ cat /etc/passwd",
        "cat$IFS$9/etc/passwd ¦ cat /etc/passwd",
        "c$@at /etc/pa$*sswd ¦ cat /etc/passwd",
        "c$()at /etc/pass``wd ¦ cat /etc/passwd",
        "w$1get http ¦ wget http",
        "w^h^o^a^mi & n^et u^ser ¦ whoami & net user",
        "{\"cmd\":\"c''at /etc/pas$@swd\"} ¦ cat /etc/passwd",
        "{\"cmd\":\"c\\\\at${IFS}/etc\"} ¦ cat /etc",
      })
  void undoneInSomeView(String text, String plain) {
    assertSeen(text.getBytes(StandardCharsets.UTF_8), plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {SQL, MARKUP})
  void base64InAllItsForms(String attack) {
    byte[] bytes = attack.getBytes(StandardCharsets.UTF_8);
    String plain = Base64.getEncoder().encodeToString(bytes);
    String url = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String mime = Base64.getMimeEncoder(20, new byte[] {'\r', '\n'}).encodeToString(bytes);
    assertSeen(plain, attack);
    assertSeen(url, attack);
    assertSeen("{\"v\":\"" + url + "\"}", attack);
    assertSeen("data:text/html;base64," + plain, attack);
    assertSeen("q=" + plain + "&x=1", attack);
    assertSeen("/api/" + url, attack);
    assertSeen("token:" + plain, attack);
    assertSeen(Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)), attack);
    assertSeen(mime.replace("\r\n", ""), attack);
    byte[] wide = attack.getBytes(StandardCharsets.UTF_16LE);
    assertSeen("powershell -enc " + Base64.getEncoder().encodeToString(wide), attack);
  }

  @Test
  void encodedCharactersBeyondAscii() {
    byte[] bytes = "＊)（｜（ｃｎ＝＊））".getBytes(StandardCharsets.UTF_8);
    assertSeen(Base64.getEncoder().encode(bytes), "*)(|(cn=*))");
    assertSeen(HexFormat.of().formatHex(bytes), "*)(|(cn=*))");
  }

  @ParameterizedTest
  @ValueSource(strings = {SQL, MARKUP})
  void hexadecimalInAllItsForms(String attack) {
    String hex = HexFormat.of().formatHex(attack.getBytes(StandardCharsets.UTF_8));
    assertSeen(hex, attack);
    assertSeen(
        HexFormat.of().withUpperCase().formatHex(attack.getBytes(StandardCharsets.UTF_8)), attack);
    assertSeen("0x" + hex, attack);
    assertSeen("q=" + hex, attack);
    assertSeen("{\"v\":\"" + hex + "\"}", attack);
  }

  @Test
  void wideTextWithAndWithoutByteOrderMark() {
    for (Charset charset :
        List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16)) {
      assertSeen(SQL.getBytes(charset), SQL);
      assertSeen(MARKUP.getBytes(charset), MARKUP);
    }
    byte[] little = ("\ufeff" + SQL).getBytes(StandardCharsets.UTF_16LE);
    assertSeen(little, SQL);
  }

  @Test
  void oneLayerOfCompression() throws IOException {
    for (String attack : List.of(SQL, MARKUP)) {
      byte[] gzip = compressed(attack, true);
      byte[] zlib = compressed(attack, false);
      assertSeen(gzip, attack);
      assertSeen(zlib, attack);
      assertSeen(Base64.getEncoder().encodeToString(gzip), attack);
      assertSeen("{\"z\":\"" + Base64.getEncoder().encodeToString(zlib) + "\"}", attack);
    }
  }

  @Test
  void whatOnlyLooksCompressedIsReadAsItIs() {
    for (String prefix : List.of("x^", "x\u0001", "x^c\u0000", "\u001f\u008b\b\b\u0000\u0000")) {
      byte[] text = (prefix + "zz %27%20or%201=1 ").getBytes(StandardCharsets.ISO_8859_1);
      assertSeen(text, "' or 1=1");
      assertSeen(Base64.getEncoder().encodeToString(text), "' or 1=1");
    }
  }

  @Test
  void whatStandsAroundACompressedTextIsReadToo() throws IOException {
    for (boolean gzip : List.of(true, false)) {
      byte[] harmless = compressed("nothing but a few harmless words", gzip);
      byte[] behind = joined(harmless, "%27%20or%201=1 -- ".getBytes(StandardCharsets.UTF_8));
      assertSeen(behind, "' or 1=1");
      assertSeen(Base64.getEncoder().encodeToString(behind), "' or 1=1");
      assertSeen(joined(harmless, compressed(SQL, true)), SQL);
      assertSeen(joined(harmless, compressed(SQL, false)), SQL);
    }
    byte[] plain = compressed("nothing", true);
    ByteArrayOutputStream named = new ByteArrayOutputStream();
    named.write(plain, 0, 3);
    named.write(8); // a name follows the header
    named.write(plain, 4, 6);
    named.writeBytes("%27%20or%201=1 -- \u0000".getBytes(StandardCharsets.UTF_8));
    named.write(plain, 10, plain.length - 10);
    assertSeen(named.toByteArray(), "' or 1=1");
  }

  @Test
  void wideTextHidesNothingBeforeOrBehindIt() {
    byte[] wide = "harmless words, sixty-four bytes of them".getBytes(StandardCharsets.UTF_16LE);
    byte[] encoded = "%27%20or%201=1 -- ".getBytes(StandardCharsets.UTF_8);
    assertSeen(joined(wide, encoded), "' or 1=1");
    assertSeen(Base64.getEncoder().encodeToString(joined(wide, encoded)), "' or 1=1");
    byte[] narrow = "harmless words of one byte each ".repeat(50).getBytes(StandardCharsets.UTF_8);
    for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      assertSeen(joined(narrow, SQL.getBytes(charset)), SQL.strip());
      assertSeen(joined(joined(wide, new byte[] {7}), SQL.getBytes(charset)), SQL.strip());
      byte[] noise = new byte[100_000];
      java.util.Arrays.fill(noise, (byte) 5);
      assertSeen(joined(noise, SQL.getBytes(charset)), SQL.strip());
    }
    assertSeen("x' or '你好'='你好' --".getBytes(StandardCharsets.UTF_16LE), "x' or '??'='??' --");
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(first);
    bytes.writeBytes(second);
    return bytes.toByteArray();
  }

  @Test
  void textsInsideBinaryData() {
    ByteArrayOutputStream cbor = new ByteArrayOutputStream();
    cbor.writeBytes(new byte[] {(byte) 0xa2, 0x61, 0x01, 0x1a, 0x00, 0x01, 0x02, 0x03, 0x78, 0x20});
    cbor.writeBytes("%27%20or%201%3D1 -- ".getBytes(StandardCharsets.UTF_8));
    cbor.writeBytes(new byte[] {0x00, (byte) 0xf5, 0x03, 0x02, 0x01});
    assertSeen(cbor.toByteArray(), "' or 1=1");
  }

  @Test
  void longRepetitionsHideNothing() {
    String padding = "%20".repeat(40_000);
    assertSeen(padding + "%27%20or%201=1", "' or 1=1");
    assertSeen("%27%20or%201=1" + padding, "' or 1=1");
    assertSeen(padding + "%27%20or%201=1" + padding, "' or 1=1");
    for (int count = 9001; count < 9006; count++) {
      byte[] filled = ("f".repeat(count) + SQL).getBytes(StandardCharsets.UTF_8);
      assertSeen(HexFormat.of().formatHex(filled), SQL);
      assertSeen(Base64.getEncoder().encodeToString(filled), SQL);
    }
    assertSeen("a".repeat(100_000) + SQL + "b".repeat(100_000), SQL);
  }

  private static byte[] compressed(String text, boolean gzip) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void assertSeen(String text, String plain) {
    assertSeen(text.getBytes(StandardCharsets.UTF_8), plain);
  }

  private static void assertSeen(byte[] text, String plain) {
    List<String> views = new ArrayList<>();
    new Normalizer(DecodeLimits.DEFAULT)
        .expand(
            text,
            (view, chain) -> views.add(chain + ": " + new String(view, StandardCharsets.UTF_8)));
    assertTrue(
        views.stream().anyMatch(view -> view.contains(plain)),
        () ->
            "not '"
                + plain
                + "' in "
                + views
                    .toString()
                    .substring(
                        0, 2000 > views.toString().length() ? views.toString().length() : 2000));
  }
}
