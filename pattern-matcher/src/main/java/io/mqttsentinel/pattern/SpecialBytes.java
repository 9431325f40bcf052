package io.mqttsentinel.pattern;

import java.util.BitSet;
import java.util.List;

/**
 * The bytes that ordinary telemetry does without: all but letters, digits, white space, what JSON
 * is made of and what stands in numbers, times, names and addresses. A few of those count where
 * they stand twice in a row, as the braces of templates and the dots of paths do. Where a text has
 * none of them, no pattern that needs one has to be tried.
 */
final class SpecialBytes {

  private static final String ORDINARY = " \t\r\n\"{}[]:,._-+/";
  private static final String SPECIAL_IF_DOUBLED = "{._-";
  private static final boolean[] SPECIAL = new boolean[Regex.BYTE_VALUES];
  private static final boolean[] DOUBLED = new boolean[Regex.BYTE_VALUES];

  static {
    for (int b = 0; b < 0x80; b++) {
      SPECIAL[b] = !Character.isLetterOrDigit(b) && ORDINARY.indexOf(b) < 0;
      DOUBLED[b] = SPECIAL_IF_DOUBLED.indexOf(b) >= 0;
    }
  }

  /** A text is dense where one byte in fewer than so many is special. */
  private static final int SPARSE = 8;

  private SpecialBytes() {}

  /**
   * Whether there are so many that matching takes a multiple of what an honest text does. A
   * backslash before a quote, as JSON inside of JSON has them, counts for none.
   */
  static boolean areDense(byte[] text, int length) {
    int count = 0;
    for (int i = 0; i < length; i++) {
      boolean special = SPECIAL[text[i] & 0xff];
      if (special && !(text[i] == '\\' && i + 1 < length && text[i + 1] == '"')) {
        count++;
      }
    }
    return count * SPARSE > length;
  }

  static boolean occurIn(byte[] text, int length) {
    int before = 0;
    for (int i = 0; i < length; i++) {
      int c = text[i] & 0xff;
      if (SPECIAL[c] || (c == before && DOUBLED[c])) {
        return true;
      }
      before = c;
    }
    return false;
  }

  /** Whether every match of the expression holds such a byte, or such a pair. */
  static boolean neededBy(Regex regex) {
    return switch (regex) {
      case Regex.Assertion _ -> false;
      case Regex.Bytes bytes -> isSpecial(bytes.set());
      case Regex.Sequence sequence -> neededByOne(sequence.parts());
      case Regex.Choice choice -> choice.options().stream().allMatch(SpecialBytes::neededBy);
      case Regex.Repeat repeat ->
          (repeat.least() > 0 && neededBy(repeat.part()))
              || (repeat.least() > 1 && isPair(repeat.part(), repeat.part()));
    };
  }

  private static boolean neededByOne(List<Regex> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (neededBy(parts.get(i)) || (i > 0 && isPair(parts.get(i - 1), parts.get(i)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPair(Regex first, Regex second) {
    return first instanceof Regex.Bytes(BitSet one)
        && second instanceof Regex.Bytes(BitSet other)
        && one.cardinality() == 1
        && one.equals(other)
        && DOUBLED[one.nextSetBit(0)];
  }

  private static boolean isSpecial(BitSet set) {
    for (int b = set.nextSetBit(0); b >= 0; b = set.nextSetBit(b + 1)) {
      if (!SPECIAL[b]) {
        return false;
      }
    }
    return true;
  }
}
