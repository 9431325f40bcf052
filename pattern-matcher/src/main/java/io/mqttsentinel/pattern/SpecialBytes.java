package io.mqttsentinel.pattern;

import java.util.BitSet;

/**
 * The bytes that ordinary telemetry does without: all but letters, digits, white space, what JSON
 * is made of and what stands in numbers, times, names and addresses. Where a text has none of them,
 * no pattern that needs one has to be tried.
 */
final class SpecialBytes {

  private static final String ORDINARY = " \t\r\n\"{}[]:,._-+/";
  private static final boolean[] SPECIAL = new boolean[Regex.BYTE_VALUES];

  static {
    for (int b = 0; b < 0x80; b++) {
      SPECIAL[b] = !Character.isLetterOrDigit(b) && ORDINARY.indexOf(b) < 0;
    }
  }

  private SpecialBytes() {}

  static boolean occurIn(byte[] text, int length) {
    for (int i = 0; i < length; i++) {
      if (text[i] >= 0 && SPECIAL[text[i]]) {
        return true;
      }
    }
    return false;
  }

  /** Whether every match of the expression holds such a byte. */
  static boolean neededBy(Regex regex) {
    return switch (regex) {
      case Regex.Assertion _ -> false;
      case Regex.Bytes bytes -> isSpecial(bytes.set());
      case Regex.Sequence sequence -> sequence.parts().stream().anyMatch(SpecialBytes::neededBy);
      case Regex.Choice choice -> choice.options().stream().allMatch(SpecialBytes::neededBy);
      case Regex.Repeat repeat -> repeat.least() > 0 && neededBy(repeat.part());
    };
  }

  private static boolean isSpecial(BitSet set) {
    return set.stream().allMatch(b -> SPECIAL[b]);
  }
}
