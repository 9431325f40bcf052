package io.mqttsentinel.pattern;

import java.io.ByteArrayOutputStream;

/** A {@code content} or {@code pcre} of a Suricata rule, with the modifiers behind it. */
final class SuricataContent {

  private static final String PCRE_FLAGS = "ismAEGROB";

  private final boolean negated;
  private final byte[] bytes;
  private final PcreSyntax.Translated expression;
  private final boolean relativeExpression;
  private boolean anyCase;
  private Integer offset;
  private Integer depth;
  private Integer distance;
  private Integer within;
  private boolean startsWith;
  private boolean endsWith;

  private SuricataContent(
      boolean negated, byte[] bytes, PcreSyntax.Translated expression, boolean relative) {
    this.negated = negated;
    this.bytes = bytes;
    this.expression = expression;
    this.relativeExpression = relative;
  }

  /**
   * @throws ImportRefusedException for bad escapes, bad hexadecimal digits or nothing at all
   */
  static SuricataContent content(SuricataOption option) {
    byte[] bytes = bytes(option);
    if (bytes.length == 0) {
      throw option.refusal("is empty");
    }
    return new SuricataContent(option.isNegated(), bytes, null, false);
  }

  /**
   * @throws ImportRefusedException for flags and syntax that the rule language lacks
   */
  static SuricataContent pcre(SuricataOption option) {
    String text = option.quoted();
    int end = text.lastIndexOf('/');
    if (!text.startsWith("/") || end == 0) {
      throw option.refusal("expected \"/expression/flags\"");
    }
    String flags = text.substring(end + 1);
    for (int i = 0; i < flags.length(); i++) {
      if (PCRE_FLAGS.indexOf(flags.charAt(i)) < 0) {
        throw option.refusal("flag " + flags.charAt(i) + " has no counterpart");
      }
    }
    PcreSyntax.Translated expression;
    try {
      expression = PcreSyntax.translate(text.substring(1, end), flags, true);
    } catch (ImportRefusedException e) {
      throw option.refusal(e.getMessage());
    }
    boolean relative = flags.indexOf('R') >= 0;
    if (relative
        && (expression.startInside() || RegexShape.mayLookBehind(expression.fragment().regex()))) {
      throw option.refusal("looks at the byte before with flag R");
    }
    return new SuricataContent(option.isNegated(), null, expression, relative);
  }

  private static byte[] bytes(SuricataOption option) {
    String text = option.quoted();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '|') {
        int end = text.indexOf('|', i + 1);
        if (end < 0) {
          throw option.refusal("'|' is not closed");
        }
        hex(option, text.substring(i + 1, end), bytes);
        i = end;
      } else if (c == '\\') {
        if (++i == text.length() || "\\\";:".indexOf(text.charAt(i)) < 0) {
          throw option.refusal("has an unknown escape");
        }
        bytes.write(text.charAt(i));
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  private static void hex(SuricataOption option, String digits, ByteArrayOutputStream bytes) {
    String plain = digits.replace(" ", "");
    if (plain.isEmpty() || !plain.matches("(?:[0-9A-Fa-f]{2})+")) {
      throw option.refusal("expected hexadecimal bytes between '|'");
    }
    bytes.writeBytes(java.util.HexFormat.of().parseHex(plain));
  }

  /** Takes in a modifier; false where it is none. */
  boolean modify(SuricataOption option) {
    switch (option.name()) {
      case "nocase" -> anyCase = true;
      case "offset" -> offset = place(option);
      case "depth" -> depth = place(option);
      case "distance" -> distance = option.number();
      case "within" -> within = place(option);
      case "startswith" -> startsWith = true;
      case "endswith" -> endsWith = true;
      default -> {
        return false;
      }
    }
    if (expression != null) {
      throw option.refusal("behind a pcre");
    }
    return true;
  }

  private static int place(SuricataOption option) {
    int number = option.number();
    if (number < 0) {
      throw option.refusal("expected a number of 0 or more");
    }
    return number;
  }

  /**
   * @throws ImportRefusedException if modifiers contradict each other or reach backwards
   */
  void check() {
    if (distance != null && distance < 0) {
      throw new ImportRefusedException("distance " + distance + ": contents may overlap");
    }
    boolean places = offset != null || depth != null || startsWith;
    if (places && isRelative()) {
      throw new ImportRefusedException("distance or within together with offset or depth");
    }
    if (startsWith && (offset != null || depth != null)) {
      throw new ImportRefusedException("startswith together with offset or depth");
    }
    if (endsWith && (offset != null || depth != null || within != null)) {
      throw new ImportRefusedException("endswith together with offset, depth or within");
    }
    if (bytes != null
        && ((depth != null && depth < bytes.length) || (within != null && within < bytes.length))) {
      throw new ImportRefusedException("depth or within is shorter than its content");
    }
  }

  boolean isNegated() {
    return negated;
  }

  /** Only found at a certain place of its buffer. */
  boolean isPlaced(boolean firstOfRule) {
    Gap gap = gap();
    boolean relative = isRelative() && !firstOfRule;
    boolean placed = !relative && gap != null && !gap.equals(Gap.ANY);
    return placed || fragment().last() || fragment().anchored();
  }

  /** Its place depends on where the one before it ends. */
  boolean isRelative() {
    return distance != null || within != null || relativeExpression;
  }

  /** What is to be found, with {@code endswith}; where it begins is said by {@link #gap}. */
  Fragment fragment() {
    return expression == null
        ? Fragment.text(bytes, anyCase).at(false, endsWith)
        : expression.fragment().at(false, expression.fragment().last());
  }

  /** Bytes between the beginning, or the end of the one before, and this; null for anywhere. */
  Gap gap() {
    if (expression != null) {
      return expression.fragment().first() ? Gap.NONE : relativeExpression ? Gap.ANY : null;
    }
    if (startsWith) {
      return Gap.NONE;
    }
    if (isRelative()) {
      int least = distance == null ? 0 : distance;
      return new Gap(least, within == null ? Gap.UNBOUNDED : least + within - bytes.length);
    }
    if (offset == null && depth == null) {
      return null;
    }
    int least = offset == null ? 0 : offset;
    return new Gap(least, depth == null ? Gap.UNBOUNDED : least + depth - bytes.length);
  }

  /** Bytes of its own text; null for an expression. */
  byte[] bytes() {
    return bytes;
  }

  /**
   * How many bytes lie between two places.
   *
   * @param most {@link #UNBOUNDED} for no limit
   */
  record Gap(int least, int most) {

    static final int UNBOUNDED = -1;
    static final Gap NONE = new Gap(0, 0);
    static final Gap ANY = new Gap(0, UNBOUNDED);

    boolean isFixed() {
      return least == most;
    }

    /** In the rule language, with flag {@code s}. */
    String source() {
      if (isFixed()) {
        return least == 0 ? "" : least == 1 ? "." : ".{%d}".formatted(least);
      }
      if (most == UNBOUNDED) {
        return least == 0 ? ".*" : ".{%d,}".formatted(least);
      }
      return ".{%d,%d}".formatted(least, most);
    }
  }
}
