package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitWordsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "'i'd | id",
        "; 'w''h''o''a''m''i' | ; whoami",
        "r'eboo't | reboot",
        "\"p\"wd | pwd",
        "c'at' /x | cat /x",
        "\\u\\n\\a\\m\\e \\-\\a | uname -a",
        "a;\\l\\s | a;ls"
      })
  void joinsWhatAShellJoins(String split, String joined) {
    assertEquals(joined, stripped(split, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"it's John's", "'on', 'off'", "{'a': 'b'}", "x='a' y='b'", "b'21.5'", "'"})
  void leavesOtherQuotesAndEscapes(String text) {
    assertEquals(text, stripped(text, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\r\\n", "\\n\\t", "\\n", "\\\\"})
  void takesLineBreaksForNoWord(String text) {
    assertFalse(SplitWords.isEscaped(text.getBytes(UTF_8), 0, text.length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":\"b\"}", "[\"on\",\"off\"]", "{\"a\":\"\\\\u\\\\n\"}"})
  void leavesTheQuotesAndEscapesOfJson(String json) {
    assertEquals(json, stripped(json, true));
    assertEquals(0, Signals.of(json.getBytes(UTF_8), json.length()) & Signals.SHELL);
  }

  private static String stripped(String text, boolean json) {
    byte[] bytes = text.getBytes(UTF_8);
    ByteBuilder out = new ByteBuilder();
    out.reset(4096);
    Stripping.shell(bytes, bytes.length, json, out);
    return new String(out.copy(), UTF_8);
  }
}
