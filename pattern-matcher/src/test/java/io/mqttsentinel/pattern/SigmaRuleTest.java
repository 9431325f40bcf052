package io.mqttsentinel.pattern;

import static io.mqttsentinel.pattern.ImportedRules.refusesSigma;
import static io.mqttsentinel.pattern.ImportedRules.sigma;
import static io.mqttsentinel.pattern.ImportedRules.sigmaRules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Severity;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SigmaRuleTest {

  @Test
  void takesOverWhatARuleSaysOfItself() throws CharacterCodingException {
    ImportedRule rule =
        read("""
        title: Someone's shell
        id: 9a1b-77
        status: test
        description: |
          Two
          lines
        date: 2024-01-01
        level: critical
        tags: [attack.execution, attack.t1059.004, cve.2021-36260]
        logsource: {category: webserver}
        detection:
          selection:
            cs-uri-query|contains: 'cmd=/bin/sh'
          condition: selection
        """)
            .getFirst()
            .translation()
            .rules()
            .getFirst();
    assertEquals("sigma.9a1b-77", rule.id());
    assertEquals("Someone's shell", rule.name());
    assertEquals(Severity.CRITICAL, rule.severity());
    assertEquals(List.of("CVE-2021-36260", "T1059.004"), rule.tags());
    assertTrue(rule.yaml().contains("description: 'Two lines'"), rule.yaml());
    assertTrue(rule.yaml().contains("mode: shadow"), rule.yaml());
    assertEquals(
        "sigma.a_rule_without_one",
        read("title: A rule, without one\ndetection: {s: {data: '*abc*'}, condition: s}\n")
            .getFirst()
            .translation()
            .rules()
            .getFirst()
            .id());
  }

  @Test
  void textsStandWhereTheirModifierSays() {
    sigma("s: {message|contains: 'a.b+c'}\ncondition: s").hits("xA.B+Cx").misses("aXb+c");
    sigma("s: {message|startswith: abc}\ncondition: s").hits("ABCx").misses("xabc");
    sigma("s: {message|endswith: abc}\ncondition: s").hits("xabc").misses("abcx", "abc\n");
    sigma("s: {message: abc}\ncondition: s").hits("Abc").misses("abcx", "xabc");
    sigma("s: {message|contains|cased: abC}\ncondition: s").hits("abC").misses("abc");
    sigma("s: {message: 1883}\ncondition: s").hits("1883").misses("11883");
  }

  @Test
  void wildcardsAndTheirEscapes() {
    sigma("s: {message: 'abc*def'}\ncondition: s")
        .hits("abcdef", "ABC\ndef")
        .misses("xabcdef", "abcdefx");
    sigma("s: {message: '*abc*'}\ncondition: s").hits("xabcx");
    sigma("s: {message: 'abc?'}\ncondition: s")
        .hits("abcd", "abc\u00c3\u00a9", "abc\n")
        .misses("abc", "abcdd");
    sigma("s: {message|contains: 'a\\*b\\?c'}\ncondition: s")
        .hits("a*b?c")
        .misses("axb?c", "a*bxc");
    sigma("s: {message|contains: 'abc\\\\*d\\x'}\ncondition: s")
        .hits("abc\\--d\\x")
        .misses("abc*d\\x", "abc--d\\x");
    sigma("s: {message|contains: '\u00e9abc'}\ncondition: s")
        .hits("\u00c3\u00a9ABC", "\u00c3\u0089abc")
        .misses("abc");
  }

  @Test
  void listsAreAlternativesAndMappingsAreNot() {
    sigma("s: {message|contains: [abc, def]}\ncondition: s").hits("abc", "xDEF").misses("abd");
    sigma("s: {message|contains|all: [abc, def]}\ncondition: s")
        .hits("abc def", "def\nabc")
        .misses("abc", "def");
    sigma("s: {message|contains: abc, CommandLine|contains: def}\ncondition: s")
        .hits("def abc")
        .misses("abc");
    sigma("a: [abc]\nb: [xabcx, abcd]\ncondition: a and b").hits("abcd").misses("abc");
    sigma("s:\n  - message|contains: abc\n  - data|contains: def\ncondition: s").hits("abc", "def");
    sigma("k: [abc, 'dd*ff']\ncondition: k").hits("xABCx", "dd--ff").misses("ab");
    sigma("k: {'|all': [abc, def]}\ncondition: k").hits("def abc").misses("abc");
    sigma(
            "s: {message|startswith: abc, data|endswith: xyz, body|contains: [lmn, opq]}\n"
                + "condition: s")
        .hits("abc lmn xyz", "abcopqxyz")
        .misses("lmn abc xyz", "abc xyz");
    assertEquals(1, sigmaRules("k: [abc, def, ghi]\ncondition: k").size());
  }

  @Test
  void conditionsAreBooleanAlgebra() {
    String three = "a: [aaaa]\nb: [bbbb]\nc: [cccc]\n";
    sigma(three + "condition: a and b or c").hits("aaaabbbb", "cccc").misses("aaaa", "bbbb");
    sigma(three + "condition: a AND (b OR c)").hits("aaaabbbb", "cccc aaaa").misses("cccc", "aaaa");
    sigma(three + "condition: a and not b").hits("aaaa", "aaaac").misses("aaaabbbb", "bbbbaaaa");
    sigma(three + "condition: a and not (b or c)").hits("aaaa").misses("aaaabbbb", "ccccaaaa");
    sigma(three + "condition: a and not (b and c)").hits("aaaabbbb").misses("aaaabbbbcccc");
    sigma(three + "condition: not not a").hits("aaaa").misses("bbbb");
    sigma(three + "condition: 1 of them").hits("aaaa", "cccc").misses("x");
    sigma(three + "condition: all of them").hits("cccc bbbb aaaa").misses("aaaabbbb");
    sigma("s1: [aaaa]\ns2: [bbbb]\nf1: [cccc]\nf2: [dddd]\ncondition: all of s* and not 1 of f*")
        .hits("aaaabbbb")
        .misses("aaaa", "aaaabbbbcccc", "aaaabbbbdddd");
    sigma("a: [aaaa]\n_b: [bbbb]\ncondition: any of them").hits("aaaa").misses("bbbb");
    sigma(three + "condition: [a, b]").hits("aaaa", "bbbb").misses("cccc");
    assertEquals(
        List.of("sigma.0-1.1", "sigma.0-1.2"),
        sigmaRules(three + "condition: (a and b) or c").stream().map(ImportedRule::id).toList());
  }

  @Test
  void alternativesOnDifferentFieldsAreRulesOfTheirOwn() {
    ImportedRules rules =
        sigma("s:\n  - topic|contains: evil\n  - payload|contains: evil\ncondition: s");
    assertTrue(rules.hits(Messages.of("x/evil", "p")));
    assertTrue(rules.hits(Messages.of("t", "evil")));
    assertFalse(rules.hits(Messages.of("t", "p")));
    InspectedMessage message = Messages.of("t", "p");
    message.setClientId("bot-77");
    assertTrue(sigma("s: {ClientId|startswith: 'bot-'}\ncondition: s").hits(message));
    message.setUsername("root");
    assertTrue(sigma("s: {User: root}\ncondition: s").hits(message));
  }

  @Test
  void expressions() {
    sigma("s: {message|re: 'ab[0-9]+c$'}\ncondition: s")
        .hits("xab1c", "ab1c\n")
        .misses("AB1c", "ab1cx");
    sigma("s: {message|re|i: '^ab.c'}\ncondition: s").hits("AB-c").misses("ab\nc", "xab-c");
    sigma("s: {message|re|i|s: ['abc', 'xy.z']}\ncondition: s").hits("ABC", "XY\nZ");
    sigma("s: {message|re|cased: 'abc.'}\ncondition: s").hits("abcd").misses("abc\n");
    refusesSigma("do not go together", "s: {message|contains|i: abc}\ncondition: s");
    refusesSigma("expression is refused", "s: {message|re: 'a(?=b)'}\ncondition: s");
  }

  @Test
  void looksIntoEncodingsWhereAPlaceOrAnAbsenceDoesNotMatter() {
    sigma("s: {message|contains: 'union select'}\ncondition: s").hits("union%20select");
    sigma("s: {message|startswith: 'union select'}\ncondition: s").misses("union%20select");
    sigma("a: ['union select']\nb: ['from x']\ncondition: a and not b").misses("union%20select");
  }

  @Test
  void namesWhatHasNoCounterpart() {
    refusesSigma("field 'EventID' has no", "s: {EventID: 4625}\ncondition: s");
    refusesSigma("modifier 'windash' has no", "s: {data|contains|windash: abc}\ncondition: s");
    refusesSigma("modifier 'cidr' has no", "s: {data|cidr: 10.0.0.0/8}\ncondition: s");
    refusesSigma("modifier 'base64offset'", "s: {data|base64offset|contains: abc}\ncondition: s");
    refusesSigma("condition aggregates: '| count()", "s: [abc]\ncondition: s | count() by x > 5");
    refusesSigma("several fields at once", "s: {topic: abc, data: abc}\ncondition: s");
    refusesSigma("several fields", "s: {topic: abc}\nf: {data: abc}\ncondition: s and not f");
    refusesSigma("only says what must not", "s: [abc]\ncondition: not s");
    refusesSigma("a value is null", "s: {data: null}\ncondition: s");
    refusesSigma("a value is 'true'", "s: {data: true}\ncondition: s");
    refusesSigma("a value is '1.5'", "s: {data: 1.5}\ncondition: s");
    refusesSigma("fits everything", "s: {data: '*'}\ncondition: s");
    refusesSigma("fits everything", "s: {data|contains: ''}\ncondition: s");
    refusesSigma("same end", "s: {data|startswith: abc, body|startswith: abd}\ncondition: s");
    refusesSigma("lists of texts", "a: [abc, def]\nb: [xabcx, ghi]\ncondition: a and b");
    refusesSigma("4 texts in any order", "s: {data|contains|all: [aa, bb, cc, dd]}\ncondition: s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "condition: ''",
        "condition: s and",
        "condition: s s",
        "condition: (s",
        "condition: s)",
        "condition: unknown",
        "condition: 2 of them",
        "condition: 1 of x*",
        "condition: [1]",
        "condition: not",
        "x: y",
      })
  void refusesWhatIsNoCondition(String condition) {
    refusesSigma("condition", "s: [abc]\n" + condition);
  }

  @Test
  void anUnusedSelectionDoesNotMatter() {
    sigma("s: [abcd]\nt: {EventID: 1}\ncondition: s").hits("abcd");
  }

  @Test
  void documentsOfAFileAreRulesOfTheirOwn() throws CharacterCodingException {
    List<ImportCandidate> rules =
        read(
            """
            # nothing before
            ---
            title: One
            ---
            title: [broken
            --- # a comment
            title: Three
            detection: {s: [abcd], condition: s}
            ---
            """);
    assertEquals(List.of(2, 4, 6), rules.stream().map(ImportCandidate::line).toList());
    assertEquals(
        List.of("'One'", "", "'Three'"), rules.stream().map(ImportCandidate::label).toList());
    assertEquals("detection is missing", reason(rules.getFirst()));
    assertTrue(reason(rules.get(1)).startsWith("is not YAML: "), reason(rules.get(1)));
    assertEquals(1, rules.get(2).translation().rules().size());
    assertEquals(List.of(), read(""));
    assertEquals(List.of(), read("---\n---\n# x\n"));
  }

  @Test
  void refusesDocumentsThatAreNoRules() throws CharacterCodingException {
    assertEquals("'correlation' has no counterpart", reason("title: a\ncorrelation: {type: x}"));
    assertEquals("'action' has no counterpart", reason("title: a\naction: global"));
    assertEquals("status is deprecated", reason("title: a\nstatus: deprecated"));
    assertTrue(reason("just text").startsWith("is no rule"));
    assertTrue(reason("detection: {s: [abcd], condition: s}").startsWith("title is missing"));
    assertEquals(
        "level is 'x'", reason("title: a\nlevel: x\ndetection: {s: [abcd], condition: s}"));
  }

  @Test
  void hostileDocumentsEndSoon() throws CharacterCodingException {
    assertTrue(reason("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]").startsWith("is not YAML"));
    assertTrue(reason("[".repeat(100_000)).startsWith("is not YAML"));
    assertTrue(reason("a: 1\na: 2").startsWith("is not YAML"));
    assertTrue(reason("a: !!int x").startsWith("is not YAML"));
    assertTrue(reason("a: !!binary '#'").startsWith("is not YAML"));
    assertTrue(reason("a: !!java.io.File x").startsWith("is not YAML"));
    assertThrows(
        CharacterCodingException.class, () -> SigmaFile.read(new byte[] {'a', (byte) 0xff}));
    refusesSigma("nests deeper", "s: [abc]\ncondition: " + "(".repeat(1000) + "s");
    refusesSigma("nests deeper", "s: [abc]\ncondition: " + "not ".repeat(1000) + "s");
    refusesSigma("longer than", "s: [abc]\ncondition: " + "s and ".repeat(1000) + "s");
    refusesSigma("is longer than", "s: ['" + "a*".repeat(1_000_000) + "']\ncondition: s");
    refusesSigma(
        "more than 10000 characters",
        "s:\n" + "- '" + "x".repeat(90) + "'\n- 'y" + "z".repeat(9950) + "'\ncondition: s");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      many.append("s%d: [{topic: a%d}, {data: b%d}]\n".formatted(i, i, i));
    }
    refusesSigma("more than 64 combinations", many + "condition: all of s*");
    refusesSigma("more than 64 combinations", many + "condition: not 1 of s*" + " or all of s*");
  }

  private static String reason(String document) throws CharacterCodingException {
    return reason(read(document).getFirst());
  }

  private static String reason(ImportCandidate rule) {
    return assertThrows(ImportRefusedException.class, () -> rule.translation().rules())
        .getMessage();
  }

  private static List<ImportCandidate> read(String file) throws CharacterCodingException {
    return SigmaFile.read(file.getBytes(StandardCharsets.UTF_8));
  }
}
