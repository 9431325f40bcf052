package io.mqttsentinel.pattern;

import java.util.BitSet;
import java.util.List;

/**
 * A regular expression over bytes. Whatever depends on an engine's dialect (case, what a dot or a
 * space is, where a line ends) is settled when it is parsed, so all engines agree on its language.
 */
sealed interface Regex {

  /** One byte out of a set. */
  record Bytes(BitSet set) implements Regex {}

  record Sequence(List<Regex> parts) implements Regex {}

  record Choice(List<Regex> options) implements Regex {}

  /**
   * @param most {@link #UNBOUNDED} for no limit
   * @param lazy only matters for what is shown as evidence
   */
  record Repeat(Regex part, int least, int most, boolean lazy) implements Regex {}

  /** A condition on a place between bytes. */
  enum Assertion implements Regex {
    START("^"),
    END("\\z"),
    WORD_BOUNDARY("\\b"),
    NO_WORD_BOUNDARY("\\B");

    private final String text;

    Assertion(String text) {
      this.text = text;
    }
  }

  int UNBOUNDED = -1;
  int BYTE_VALUES = 256;

  /** The expression in the syntax that Vectorscan and RE2J share, without flags. */
  default String print() {
    StringBuilder text = new StringBuilder();
    print(this, text);
    return text.toString();
  }

  private static void print(Regex regex, StringBuilder text) {
    switch (regex) {
      case Bytes bytes -> printSet(bytes.set(), text);
      case Assertion assertion -> text.append(assertion.text);
      case Sequence sequence -> sequence.parts().forEach(part -> print(part, text));
      case Choice choice -> {
        String separator = "(?:";
        for (Regex option : choice.options()) {
          text.append(separator);
          print(option, text);
          separator = "|";
        }
        text.append(')');
      }
      case Repeat repeat -> {
        text.append("(?:");
        print(repeat.part(), text);
        text.append(')').append(quantifier(repeat));
        if (repeat.lazy()) {
          text.append('?');
        }
      }
    }
  }

  private static String quantifier(Repeat repeat) {
    return switch (repeat) {
      case Repeat(_, int least, int most, _) when most == UNBOUNDED && least == 0 -> "*";
      case Repeat(_, int least, int most, _) when most == UNBOUNDED && least == 1 -> "+";
      case Repeat(_, int least, int most, _) when most == UNBOUNDED -> "{%d,}".formatted(least);
      case Repeat(_, int least, int most, _) when least == 0 && most == 1 -> "?";
      case Repeat(_, int least, int most, _) -> "{%d,%d}".formatted(least, most);
    };
  }

  private static void printSet(BitSet set, StringBuilder text) {
    if (set.cardinality() == 1) {
      printByte(set.nextSetBit(0), text);
      return;
    }
    text.append('[');
    for (int from = set.nextSetBit(0); from >= 0; ) {
      int to = set.nextClearBit(from) - 1;
      printByte(from, text);
      if (to > from) {
        text.append('-');
        printByte(to, text);
      }
      from = set.nextSetBit(to + 1);
    }
    text.append(']');
  }

  private static void printByte(int value, StringBuilder text) {
    boolean plain =
        (value >= 'a' && value <= 'z')
            || (value >= 'A' && value <= 'Z')
            || (value >= '0' && value <= '9');
    if (plain) {
      text.append((char) value);
    } else {
      text.append("\\x")
          .append(Character.forDigit(value >> 4, 16))
          .append(Character.forDigit(value & 0xf, 16));
    }
  }
}
