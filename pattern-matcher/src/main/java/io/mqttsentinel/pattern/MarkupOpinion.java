package io.mqttsentinel.pattern;

/**
 * A second opinion on markup, after the idea of libinjection: a text is active if tags, attributes
 * or addresses in it, read in the place where a page would have put it, make a browser run or fetch
 * something. Places are between tags, behind the quote or space that ends an attribute, at the
 * start of an address, and behind the quote that ends a string of a script.
 */
final class MarkupOpinion {

  /** How far a script is followed for a sign that it does something. */
  private static final int SCRIPT_LOOK = 200;

  private static final int LEAST_COST = 16 * 1024;
  private static final int COST_FACTOR = 2;

  private static final boolean[] TELLING = new boolean[256];

  static {
    for (char c : "<:='\"".toCharArray()) {
      TELLING[c] = true;
    }
  }

  private final MarkupTokenizer tags = new MarkupTokenizer();
  private byte[] text;
  private int from;
  private int to;
  private long cost;
  private boolean complete;
  private MarkupShape shape;
  private int place;

  /** Begins a view of so many bytes: what may be read closely is counted over all its parts. */
  void reset(int length) {
    cost = LEAST_COST + (long) COST_FACTOR * length;
    complete = true;
  }

  /** Whether this part of a text is active; the accessors then tell how and where. */
  boolean judge(byte[] bytes, int start, int end) {
    text = bytes;
    from = start;
    to = end;
    shape = null;
    for (int i = start; i < end && shape == null && complete; i++) {
      if (!TELLING[bytes[i] & 0xff]) {
        continue;
      }
      switch (bytes[i]) {
        case '<' -> tag(i);
        case ':' -> scheme(i);
        case '=' -> handler(i);
        case '\'', '"' -> scriptString(i);
        default -> {}
      }
    }
    return shape != null;
  }

  MarkupShape shape() {
    return shape;
  }

  /** Where the tag, attribute, address or script begins. */
  int place() {
    return place;
  }

  /** False where there was more to read closely than is allowed. */
  boolean isComplete() {
    return complete;
  }

  private void tag(int at) {
    if (!tags.tag(text, at, to)) {
      return;
    }
    int nameFrom = tags.nameFrom;
    int nameTo = tags.nameTo;
    boolean generic = at > from && Signals.isWord(text[at - 1]);
    if (MarkupWords.ACTIVE.contains(text, nameFrom, nameTo) && !(generic && isClosed(nameTo))) {
      found(MarkupShape.ELEMENT, at);
      return;
    }
    boolean embedding = MarkupWords.EMBEDDING.contains(text, nameFrom, nameTo);
    while (shape == null && tags.attribute()) {
      attribute(at, embedding);
    }
    cost -= tags.position() - at;
    complete = cost >= 0 || shape != null;
  }

  /** {@code List<script>} of a programming language, not {@code x<script src=…>}. */
  private boolean isClosed(int nameTo) {
    return nameTo + 1 == to && text[nameTo] == '>';
  }

  private void attribute(int tag, boolean embedding) {
    int name = tags.nameFrom;
    int nameTo = tags.nameTo;
    int value = tags.valueFrom;
    int valueTo = tags.valueTo;
    if (isHandler(name, nameTo) && isCode(name, nameTo, value, valueTo)) {
      found(MarkupShape.HANDLER, name);
    } else if (MarkupWords.ADDRESS.contains(text, name, nameTo) && value < valueTo) {
      if (isScriptAddress(value, valueTo) || isScriptStyle(value, valueTo)) {
        found(MarkupShape.ADDRESS, value);
      } else if (embedding && isForeign(value, valueTo)) {
        found(MarkupShape.ELEMENT, tag);
      } else if (SqlWords.begins(text, name, "srcdoc")) {
        found(MarkupShape.ADDRESS, value);
      }
    }
  }

  /** {@code on} and three letters or more; a zero byte in it is overlooked, as browsers did. */
  private boolean isHandler(int name, int nameTo) {
    int at = name;
    while (at < nameTo && (text[at] == '"' || text[at] == '\'' || text[at] == 0)) {
      at++;
    }
    if (nameTo - at < 5 || (text[at] | 0x20) != 'o' || (text[at + 1] | 0x20) != 'n') {
      return false;
    }
    for (int i = at + 2; i < nameTo; i++) {
      if (!Signals.isLetter(text[i]) && text[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The event is known, or the value calls or assigns something. */
  private boolean isCode(int name, int nameTo, int value, int valueTo) {
    boolean given = value < valueTo || valueTo < tags.position();
    if (given && MarkupWords.EVENTS.contains(text, name, nameTo)) {
      return true;
    }
    for (int i = value; i < valueTo; i++) {
      if (text[i] == '(' || text[i] == '`' || text[i] == '=') {
        return true;
      }
    }
    return false;
  }

  /** {@code onfocus=…} outside any tag: of a known event, and something a script would be. */
  private void handler(int equals) {
    int nameTo = equals;
    while (nameTo > from && equals - nameTo < 8 && MarkupTokenizer.isSpace(text[nameTo - 1])) {
      nameTo--;
    }
    int name = nameTo;
    while (name > from && nameTo - name < 32 && Signals.isLetter(text[name - 1])) {
      name--;
    }
    if (nameTo - name < 5 || (text[name] | 0x20) != 'o' || (text[name + 1] | 0x20) != 'n') {
      return;
    }
    boolean attribute = name == from || !Signals.isWord(text[name - 1]);
    if (attribute
        && MarkupWords.EVENTS.contains(text, name, nameTo)
        && actsWithin(equals + 1, true)) {
      found(MarkupShape.HANDLER, name);
    }
  }

  /** The name in front of a colon is that of a script, and a script follows. */
  private void scheme(int colon) {
    int at = colon;
    int letters = 0;
    while (at > from && colon - at < 40 && isSchemePart(text[at - 1])) {
      at--;
      letters += Signals.isLetter(text[at]) ? 1 : 0;
    }
    while (at < colon && !Signals.isLetter(text[at])) {
      at++;
    }
    if (letters < 4 || !isScriptAddress(at, to)) {
      return;
    }
    if (at == from || !Signals.isWord(text[at - 1])) {
      boolean data = isData(at) && colon + 1 < to && text[colon + 1] != ' ';
      if (data || (!isData(at) && actsWithin(colon + 1, false))) {
        found(MarkupShape.ADDRESS, at);
      }
    }
  }

  private static boolean isSchemePart(byte c) {
    return Signals.isLetter(c) || c == '\t' || c == '\n' || c == '\r' || c == 0;
  }

  private boolean isData(int at) {
    return (text[at] | 0x20) == 'd';
  }

  /** Browsers leave out white space in the name of a scheme and control characters in front. */
  private boolean isScriptAddress(int value, int valueTo) {
    return hasScheme(value, valueTo, "javascript:")
        || hasScheme(value, valueTo, "vbscript:")
        || hasScheme(value, valueTo, "livescript:")
        || hasScheme(value, valueTo, "data:text/html")
        || hasScheme(value, valueTo, "data:text/xml")
        || hasScheme(value, valueTo, "data:text/javascript")
        || hasScheme(value, valueTo, "data:application/")
        || hasScheme(value, valueTo, "data:image/svg")
        || hasScheme(value, valueTo, "data:,")
        || hasScheme(value, valueTo, "data:;base64");
  }

  private boolean hasScheme(int value, int valueTo, String scheme) {
    int next = 0;
    for (int i = value; i < valueTo && next < scheme.length(); i++) {
      byte c = text[i];
      if (MarkupTokenizer.isSpace(c)) {
        continue;
      }
      if (SqlWords.lower(c) != scheme.charAt(next)) {
        return false;
      }
      next++;
    }
    return next == scheme.length();
  }

  private boolean isScriptStyle(int value, int valueTo) {
    for (int i = value; i < valueTo; i++) {
      byte c = text[i];
      if ((c == '(' && endsWith(value, i, "expression"))
          || (c == ':' && endsWith(value, i, "-moz-binding"))
          || (c == ':' && endsWith(value, i, "behavior"))
          || (c == ':' && endsWith(value, i, "javascript"))) {
        return true;
      }
    }
    return false;
  }

  private boolean endsWith(int least, int end, String word) {
    int at = end;
    while (at > least && MarkupTokenizer.isSpace(text[at - 1])) {
      at--;
    }
    return at - word.length() >= least && SqlWords.begins(text, at - word.length(), word);
  }

  /** An address elsewhere, not an anchor and not a number. */
  private boolean isForeign(int value, int valueTo) {
    for (int i = value; i + 1 < valueTo; i++) {
      if (text[i] == '/' && text[i + 1] == '/') {
        return true;
      }
      if (text[i] == ':' && i > value + 2) {
        return true;
      }
    }
    return false;
  }

  /** Behind the quote of a string: an operator or the end of a statement, then a script's word. */
  private void scriptString(int quote) {
    int at = quote + 1;
    boolean operator = false;
    while (at < to && at - quote < 12 && isBreak(text[at])) {
      operator |= !MarkupTokenizer.isSpace(text[at]);
      at++;
    }
    int end = at;
    while (end < to && end - at < 16 && Signals.isLetter(text[end])) {
      end++;
    }
    byte next = end < to ? text[end] : 0;
    boolean calls = next == '(' || next == '`' || next == '[';
    boolean script =
        next == '.'
            ? MarkupWords.DOTTED.contains(text, at, end)
            : calls && MarkupWords.SCRIPT.contains(text, at, end);
    if (operator && script) {
      found(MarkupShape.SCRIPT, quote);
    }
  }

  private static boolean isBreak(byte c) {
    return switch (c) {
      case ';', '+', '-', '*', '/', '^', '|', '&', ')', '}', ']', ',', '?', '=', '<', '>' -> true;
      default -> MarkupTokenizer.isSpace(c);
    };
  }

  /** A call, a template call or an assignment stands in the next bytes. */
  private boolean actsWithin(int start, boolean assignment) {
    int end = Math.min(to, start + SCRIPT_LOOK);
    for (int i = start; i < end; i++) {
      byte c = text[i];
      if (c == '(' || c == '`' || (assignment && c == ':') || c == '=') {
        return true;
      }
      if (c == '\n' && i > start + 1) {
        return false;
      }
    }
    return false;
  }

  private void found(MarkupShape judged, int at) {
    shape = judged;
    place = at;
  }
}
