package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.ImportedRules.refusesSuricata;
import static io.mqttsentinel.pattern.ImportedRules.suricata;
import static io.mqttsentinel.pattern.ImportedRules.translated;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SuricataRuleTest {

  private static final String IN_MESSAGE = "mqtt.publish.message; ";

  @Test
  void takesOverWhatARuleSaysOfItself() {
    ImportedRule rule =
        new SuricataRule(
                "drop tcp [10.0.0.0/8, !10.1.1.1] any <> $HOME_NET [1883,8883] (msg:\"Bot \\\"x\\\""
                    + " caf\u00c3\u00a9\"; flow:established,to_server; content:\"botnet-x\";"
                    + " fast_pattern; classtype:misc-activity; priority:1;"
                    + " reference:cve,2021-36260; reference:url,example.org; metadata:created_at"
                    + " 2024_01_01, mitre_technique_id T1059, signature_severity Critical; gid:1;"
                    + " sid:900001; rev:7;)")
            .translated();
    assertEquals("suricata.900001", rule.id());
    assertEquals("7", rule.version());
    assertEquals("Bot \"x\" caf\u00e9", rule.name());
    assertEquals(Action.BLOCK, rule.action());
    assertEquals(Severity.CRITICAL, rule.severity());
    assertEquals(List.of("CVE-2021-36260", "T1059"), rule.tags());
    assertEquals(InspectedField.PAYLOAD, rule.field());
    assertTrue(rule.yaml().contains("mode: shadow"), rule.yaml());
  }

  @ParameterizedTest
  @CsvSource({
    "priority:2; classtype:trojan-activity;, MEDIUM",
    "classtype:trojan-activity;, HIGH",
    "classtype:network-scan;, LOW",
    "classtype:of-mine;, MEDIUM",
    "metadata:signature_severity Minor;, LOW",
    "priority:9;, INFORMATIONAL",
  })
  void severityComesFromTheMostTelling(String options, Severity expected) {
    assertEquals(expected, translated("content:\"abc\"; " + options).severity());
  }

  @Test
  void aContentIsBytes() {
    suricata("content:\"a|0D 0a|b|7c|\\;\\\"\\\\.+\";")
        .hits("xa\r\nb|;\"\\.+y")
        .misses("xa\nb|;\"\\.+y", "xA\r\nb|;\"\\.+y", "a\r\nb|;\"\\ ..");
    suricata("content:\"\u00c3\u00a9|ff|x\";").hits("\u00c3\u00a9\u00ffx").misses("\u00c3\u00a9x");
  }

  @Test
  void looksAtTheBytesThatWereSentOnly() {
    ImportedRules rule = suricata("content:\"union select\"; nocase;");
    rule.hits("UNION SELECT").misses("union%20select", "dW5pb24gc2VsZWN0IDE=");
  }

  @Test
  void eachContentHasItsOwnCase() {
    suricata("content:\"Get|20|\"; content:\"wget\"; nocase; distance:0;")
        .hits("Get x WGET", "Get wGeT")
        .misses("get wget", "WGET Get ");
    assertEquals("is", translated("content:\"abc\"; nocase; content:\"|00 01|\";").match().flags());
    assertEquals("s", translated("content:\"abc\"; content:\"d\"; nocase;").match().flags());
  }

  @Test
  void distanceAndWithinAreGaps() {
    suricata("content:\"abc\"; content:\"def\"; distance:2; within:5;")
        .hits("abc12def", "abcabc12def", "abc1234def")
        .misses("abcdef", "abc1def", "abc12345def", "def12abc");
    suricata("content:\"abc\"; content:\"def\"; within:4;")
        .hits("abcdef", "abc1def")
        .misses("abc12def");
    suricata("content:\"abc\"; content:\"def\"; distance:1;").hits("abc\ndef").misses("abcdef");
  }

  @Test
  void independentContentsStandInAnyOrder() {
    suricata("content:\"abc\"; content:\"def\"; content:\"ghi\";")
        .hits("abcdefghi", "ghi\ndef abc", "def ghi abc")
        .misses("abcdef", "ghidef");
    refusesSuricata(
        "4 texts in any order",
        "content:\"abc\"; content:\"def\"; content:\"ghi\"; content:\"jkl\";");
  }

  @Test
  void placesAreAnchors() {
    suricata(IN_MESSAGE + "content:\"abc\"; startswith;").hits("abcd").misses("xabc");
    suricata(IN_MESSAGE + "content:\"abc\"; endswith;").hits("xabc").misses("abcx", "abc\n");
    suricata(IN_MESSAGE + "content:\"abc\"; offset:2; depth:4;")
        .hits("xxabc", "xxxabc", "abxabc")
        .misses("abc", "xabc", "xxxxabc");
    suricata(IN_MESSAGE + "content:\"abc\"; depth:3; content:\"xyz\"; endswith;")
        .hits("abcxyz", "abc-xyz")
        .misses("abcyz", "xyzabc");
    suricata(IN_MESSAGE + "content:\"MQT\"; offset:4; depth:3; content:\"|10|\"; depth:1;")
        .hits("\u0010xxxMQT")
        .misses("\u0010xxMQT", "\u0011xxxMQT");
    suricata(IN_MESSAGE + "content:\"abc\"; startswith; content:\"def\"; content:\"ghi\";")
        .hits("abc ghi def", "abcdefghi")
        .misses("def abc ghi");
  }

  @Test
  void placesInAStreamAreRefused() {
    for (String placed :
        List.of(
            "content:\"abc\"; depth:3;",
            "content:\"abc\"; offset:1;",
            "content:\"abc\"; startswith;",
            "content:\"abc\"; endswith;",
            "pcre:\"/^abc/\";",
            "pcre:\"/abc$/\";",
            "content:\"xyz\"; content:!\"abc\"; depth:3;")) {
      refusesSuricata("a place in the TCP stream", placed);
    }
    suricata("content:\"abc\"; pcre:\"/^[0-9]+x/R\";").hits("..abc12x").misses("abc-12x");
  }

  @Test
  void negatedContentsAreNoHit() {
    suricata("content:\"abc\"; content:!\"def\"; content:!\"GHI\"; nocase;")
        .hits("abc", "abcDEF")
        .misses("abcdef", "def abc", "ghi abc");
    suricata(IN_MESSAGE + "content:\"abc\"; content:!\"def\"; startswith;")
        .hits("abcdef")
        .misses("defabc");
    suricata("content:\"abc\"; pcre:!\"/d.f/s\";").hits("abc", "abc df").misses("abc d\nf");
    refusesSuricata("only says what must not occur", "content:!\"abc\";");
    refusesSuricata("beside a negated content", "content:\"abc\"; content:!\"def\"; within:9;");
    refusesSuricata(
        "beside a negated content",
        "content:\"abc\"; content:!\"def\"; content:\"ghi\"; distance:0;");
  }

  @Test
  void aContentThatOnlyPreparesAnExpressionIsDropped() {
    assertEquals(
        "wget\\s+http:\\/\\/[a-z]+",
        translated("content:\"wget\"; pcre:\"/wget\\s+http:\\/\\/[a-z]+/\";").match().pattern());
    assertEquals(
        "wgetx", translated("content:\"WGET\"; nocase; pcre:\"/wgetx/i\";").match().pattern());
    assertEquals(
        "abc.{1,}wget", // the other content holds it
        translated("content:\"abc\"; content:\"wget\"; distance:1; content:\"get\";")
            .match()
            .pattern());
    suricata("content:\"wget\"; pcre:\"/(?:wget|curl)x/\";")
        .hits("wget curlx")
        .misses("curlx", "wget wge");
    suricata("content:\"wget\"; pcre:\"/wgetx/i\";").misses("WGETX").hits("wget WGETX");
  }

  @Test
  void expressionsKeepTheirMeaning() {
    suricata("pcre:\"/abc.def/\";").hits("abc-def").misses("abc\ndef", "ABC-def");
    suricata("pcre:\"/abc.def/si\";").hits("ABC\ndef");
    suricata("pcre:\"/ab[[:digit:]]c\\x3b\\;/\";").hits("ab1c;;").misses("abxc;;");
    suricata(IN_MESSAGE + "pcre:\"/^abc$/\";")
        .hits("abc", "abc\n")
        .misses("xabc", "abcx", "abc\n\n");
    suricata(IN_MESSAGE + "pcre:\"/^abc$/E\";").hits("abc").misses("abc\n");
    suricata(IN_MESSAGE + "pcre:\"/^abc/m\";").hits("x\nabc", "abc").misses("xabc");
    suricata(IN_MESSAGE + "pcre:\"/abc$/m\";").hits("abc\nx", "abc").misses("abcx");
    suricata(IN_MESSAGE + "pcre:\"/^abc|def/\";").hits("abc", "xdef").misses("xabc");
    suricata(IN_MESSAGE + "pcre:\"/bcd/A\";").hits("bcd").misses("abcd");
    suricata("content:\"abc\"; pcre:\"/[0-9]+def/R\";").hits("abc-1def").misses("1def abc");
    suricata("pcre:\"/(?i)abc/\"; content:\"def\";").hits("ABC def").misses("abc DEF");
    suricata("pcre:\"/caf\u00c3\u00a9[\u00c3]/\";")
        .hits("caf\u00c3\u00a9\u00c3")
        .misses("caf\u00c3\u00a9x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pcre:\"/abc(?=def)/\";",
        "pcre:\"/(abc)\\1/\";",
        "pcre:\"/abc/U\";",
        "pcre:\"/abc/x\";",
        "pcre:\"/a^bc/m\";",
        "pcre:\"/abc\\012/\";",
        "pcre:\"/(abc/\";",
        "pcre:\"/abc)/\";",
        "pcre:\"/[abc/\";",
        "pcre:\"/abc\\\\/\";x",
        "pcre:\"abc\";",
        "pcre:\"/\";",
        "pcre:\"/a*/\";",
        "pcre:\"/abc/\"; nocase;",
        "content:\"abc\"; pcre:\"/\\bdef/R\";",
        "pcre:\"/abc+/\"; content:\"def\"; distance:0;",
        "content:\"abc\"; isdataat:10,relative;",
        "content:\"abc\"; distance:-3;",
        "content:\"abc\"; content:\"cde\"; distance:-1;",
        "content:\"abcd\"; content:\"def\"; within:2;",
        "content:\"|4|abc\";",
        "content:\"|4g|abc\";",
        "content:\"||abc\";",
        "content:\"|41 abc\";",
        "content:\"abc\\n\";",
        "content:\"\";",
        "content:abc;",
        "content:\"abc;",
        "content:\"abc\"; noalert;",
        "content:\"abc\"; flowbits:isset,x;",
        "content:\"abc\"; byte_test:1,>,2,0;",
        "content:\"abc\"; depth:x;",
        "content:\"abc\"; http_uri;",
        "http.uri; content:\"abc\";",
        "mqtt.subscribe.topic; content:\"abc\";",
        "content:\"abc\"; mqtt.qos:1;",
        "content:\"abc\"; mqtt.type:CONNECT;",
        "mqtt.connect.clientid; content:\"abc\"; mqtt.type:PUBLISH;",
        "mqtt.connect.clientid; content:\"abc\"; mqtt.connect.username; content:\"def\";",
        "mqtt.publish.topic; content:\"a/b\"; mqtt.publish.message; content:\"def\";",
        "content:\"abc\"; app-layer-protocol:http;",
        "content:\"abc\"; threshold:type threshold, track by_dst, count 3, seconds 9;",
        "content:\"abc\"; threshold:type threshold, track by_src, count x, seconds 9;",
        "flow:established;",
      })
  void refusesWhatHasNoCounterpart(String options) {
    assertThrows(ImportRefusedException.class, () -> translated(options), options);
  }

  @Test
  void namesTheOptionThatIsRefused() {
    refusesSuricata("option 'byte_jump' has no counterpart", "content:\"abc\"; byte_jump:1,2;");
    refusesSuricata("option 'http.uri' has no", "http.uri; content:\"abc\";");
    refusesSuricata("pcre '\"/a(?=b)/\"': expression is refused", "pcre:\"/a(?=b)/\";");
    refusesSuricata("content '\"a|zz|\"': expected hexadecimal", "content:\"a|zz|\";");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pass mqtt any any -> any any (content:\"abc\"; sid:1;)",
        "alert dns any any -> any any (content:\"abc\"; sid:1;)",
        "alert mqtt any any -> any any (content:\"abc\";)",
        "alert mqtt any any any any (content:\"abc\"; sid:1;)",
        "alert mqtt any any -> any any content:\"abc\"; sid:1;",
        "alert mqtt any any -> any any (content:\"abc\"; sid:1)",
        "alert mqtt any any -> any any (content:\"abc\"; sid:1;",
        "alert mqtt any any -> any any (sid:x; content:\"abc\";)",
        "(",
        ")",
        "->",
        "no rule at all",
      })
  void refusesWhatIsNoRule(String rule) {
    assertThrows(ImportRefusedException.class, () -> new SuricataRule(rule).translated());
  }

  @Test
  void buffersAreFields() {
    assertEquals(
        InspectedField.CLIENT_ID,
        translated("mqtt.type:CONNECT; mqtt.connect.clientid; content:\"abc\";").field());
    assertEquals(
        InspectedField.USERNAME, translated("mqtt.connect.username; content:\"abc\";").field());
    assertEquals(
        InspectedField.TOPIC, translated("mqtt.connect.willtopic; content:\"abc\";").field());
    assertEquals(
        InspectedField.PAYLOAD, translated("mqtt.connect.willmessage; content:\"abc\";").field());
    ImportedRules topic = suricata("mqtt.publish.topic; content:\"adm/\"; startswith;");
    assertTrue(topic.hits(Messages.of("adm/x", "p")));
    assertFalse(topic.hits(Messages.of("x/adm/x", "adm/")));
  }

  @Test
  void aTopicBesideAMessageIsAScope() {
    String message = " mqtt.publish.message; content:\"reboot\";";
    ImportedRules exact =
        suricata("mqtt.publish.topic; content:\"a/b\"; startswith; endswith;" + message);
    assertEquals(List.of("a/b"), exact.first().topics());
    assertTrue(exact.hits(Messages.of("a/b", "reboot")));
    assertFalse(exact.hits(Messages.of("a/b/c", "reboot")));
    ImportedRules below = suricata("mqtt.publish.topic; content:\"a/\"; startswith;" + message);
    for (String topic : List.of("a/", "a/b", "a/b/c")) {
      assertTrue(below.hits(Messages.of(topic, "reboot")), topic);
    }
    for (String topic : List.of("a", "ab/c", "A/b")) {
      assertFalse(below.hits(Messages.of(topic, "reboot")), topic);
    }
    refusesSuricata(
        "topic and message",
        "mqtt.publish.topic; content:\"a/b\"; startswith; endswith; nocase;" + message);
    refusesSuricata("topic and message", "mqtt.publish.topic; content:\"b/\";" + message);
  }

  @Test
  void thresholdsCountByAddress() {
    assertEquals(
        new Threshold(5, Duration.ofSeconds(60), Threshold.By.ADDRESS),
        translated("content:\"abc\"; threshold: type both, track by_src, count 5, seconds 60;")
            .threshold());
    assertEquals(
        new Threshold(6, Duration.ofSeconds(60), Threshold.By.ADDRESS),
        translated("content:\"abc\"; detection_filter:track by_src, count 5, seconds 60;")
            .threshold());
    assertNull(
        translated("content:\"abc\"; threshold:type limit, track by_dst, count 1, seconds 9;")
            .threshold());
    ImportedRules twice =
        suricata("content:\"abc\"; threshold:type threshold, track by_src, count 2, seconds 9;");
    InspectedMessage message = Messages.of("t", "abc");
    assertFalse(twice.hits(message));
    assertTrue(twice.hits(message));
  }

  @Test
  void readsRulesOverSeveralLinesAndSkipsComments() {
    String file =
        """
        # a comment
        #alert mqtt any any -> any any (content:"off"; sid:1;)

        alert mqtt any any -> any any (msg:"two \\
          lines"; content:"abc"; \\
          sid:2;)
        alert mqtt any any -> any any (msg:"one"; content:"abc"; sid:3;)
        alert mqtt any any -> any any (msg:"open end"; \\\
        """;
    List<ImportCandidate> rules =
        SuricataFile.read(file.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertEquals(List.of(4, 7, 8), rules.stream().map(ImportCandidate::line).toList());
    assertEquals(
        List.of("sid 2 'two lines'", "sid 3 'one'", "'open end'"),
        rules.stream().map(rule -> rule.label().replaceAll(" +", " ")).toList());
    assertEquals("suricata.2", rules.getFirst().translation().rules().getFirst().id());
    assertEquals(List.of(), SuricataFile.read(new byte[0]));
  }

  @Test
  void hostileRulesEndSoon() {
    String nested = "(".repeat(5000) + "a" + ")".repeat(5000);
    refusesSuricata("nest deeper", "pcre:\"/" + nested + "/\";");
    assertThrows(
        ImportRefusedException.class, () -> translated("content:\"" + "x".repeat(50_000) + "\";"));
    assertThrows(ImportRefusedException.class, () -> translated("content:\"abc\"; ".repeat(1_500)));
    assertThrows(
        ImportRefusedException.class, () -> new SuricataRule("-> ".repeat(300_000)).translated());
    SuricataFile.read(
        "alert \\\n".repeat(100_000).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
