package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PrintableTextTest {

  @Test
  void textStaysText() {
    assertEquals("'; DROP TABLE users; -- größer 🚀", print("'; DROP TABLE users; -- größer 🚀"));
  }

  @Test
  void whatCannotBeSeenIsEscaped() {
    assertEquals("a\\nb\\tc\\\\d\\u0000\\u001b[31m", print("a\nb\tc\\d\0\u001b[31m"));
    assertEquals("\\u202egnp.exe\\u200b", print("\u202egnp.exe\u200b"));
  }

  @Test
  void bytesThatAreNoTextAreEscaped() {
    byte[] bytes = {'a', (byte) 0xc3, 'b', (byte) 0xff, (byte) 0xfe, 'c', (byte) 0xe2, (byte) 0x82};
    assertEquals("a\\xc3b\\xff\\xfec\\xe2\\x82", PrintableText.of(ByteBuffer.wrap(bytes), 200));
  }

  @Test
  void longTextIsCut() {
    String text = print("x".repeat(5000));
    assertEquals(200, text.length());
    assertTrue(text.endsWith("x…"));
  }

  @Property
  void anyBytesGiveBoundedVisibleText(@ForAll byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    String text = PrintableText.of(buffer, 50);
    assertTrue(text.length() <= 50, text);
    assertEquals(bytes.length, buffer.remaining(), "the payload is only looked at");
    assertTrue(
        text.codePoints()
            .noneMatch(
                c ->
                    Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.SURROGATE));
    // Well-formed UTF-16, or it could not be written as UTF-8 again.
    assertEquals(text, new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  private static String print(String text) {
    return PrintableText.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 200);
  }
}
