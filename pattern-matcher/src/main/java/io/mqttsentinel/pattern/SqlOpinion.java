package io.mqttsentinel.pattern;

/**
 * A second opinion on SQL, after the idea of libinjection: a text is an injection if its tokens,
 * read in the place where a program would have put it, go on with a statement. Places are none (a
 * number was expected) and each kind of string. Unlike libinjection, which looks shapes of five
 * tokens up in a table, a small grammar judges. Only quotes, semicolons and words that can begin
 * something are looked at closely; the bytes read there are bounded.
 */
final class SqlOpinion {

  private static final int LONGEST_WORD = 16;

  /** Bytes read closely, for each byte of text and at least. */
  private static final int COST_FACTOR = 1;

  private static final int LEAST_COST = 16 * 1024;

  private final SqlGrammar grammar = new SqlGrammar();
  private final Quotes single = new Quotes("single");
  private final Quotes twofold = new Quotes("double");
  private byte[] text;
  private int from;
  private int to;
  private long cost;
  private boolean complete;
  private boolean binary;
  private SqlShape shape;
  private int place;
  private String context;

  /** Begins a view of so many bytes: what may be read closely is counted over all its parts. */
  void reset(int length) {
    cost = LEAST_COST + (long) COST_FACTOR * length;
    complete = true;
  }

  /**
   * Whether this part of a text is an injection; the accessors then tell which and where.
   *
   * @param inBinary without words of SQL it is none: quotes and operators stand there by chance
   */
  boolean judge(byte[] bytes, int start, int end, boolean inBinary) {
    text = bytes;
    binary = inBinary;
    from = start;
    to = end;
    shape = null;
    single.reset();
    twofold.reset();
    int escaped = -1;
    boolean word = false;
    for (int i = start; i < end && shape == null && complete; i++) {
      byte c = bytes[i];
      if (SqlTokenizer.isName(c)) {
        word(i);
        word = true;
        do {
          i++;
        } while (i < end && SqlTokenizer.isName(bytes[i]));
        if (i == end || shape != null || !complete) {
          break;
        }
        c = bytes[i];
      }
      switch (c) {
        case '\'' -> quote(i, single, word, i == escaped);
        case '"' -> quote(i, twofold, word, i == escaped);
        case '\\' -> escaped = i == escaped ? -1 : i + 1;
        case ';' -> text(i, false);
        case '|', '&' -> doubled(i, c);
        default -> {}
      }
      word = false;
    }
    return shape != null;
  }

  SqlShape shape() {
    return shape;
  }

  /** Where the quote or the word is that the statement goes on with. */
  int place() {
    return place;
  }

  /** In which kind of string the text would stand: {@code single}, {@code double}, {@code none}. */
  String context() {
    return context;
  }

  /** False where there was more to read closely than is allowed. */
  boolean isComplete() {
    return complete;
  }

  /**
   * Odd quotes close the string of the statement; an apostrophe inside a word counts for none. A
   * quote behind a backslash is tried both ways: some databases, and some settings of others, take
   * the backslash for a character as any other.
   */
  private void quote(int at, Quotes before, boolean word, boolean escaped) {
    boolean apostrophe = word && at + 1 < to && Signals.isLetter(text[at + 1]);
    boolean closes = before.all % 2 == 0 || (!escaped && before.unescaped % 2 == 0);
    if (closes && !isAbsentValue(at) && mayGoOn(at + 1)) {
      boolean adjacent = at == from || !SqlTokenizer.isSpace(text[at - 1]);
      found(grammar.behindQuote(text, at + 1, to, adjacent), at, before.kind);
    }
    if (!apostrophe) {
      before.all++;
      before.unescaped += escaped ? 0 : 1;
    }
  }

  /** {@code ""-""}, as a value of CSV holds the {@code "-"} of a web server's log. */
  private boolean isAbsentValue(int at) {
    return at > from
        && at + 3 < to
        && text[at] == '"'
        && text[at - 1] == '"'
        && text[at + 1] == '-'
        && text[at + 2] == '"'
        && text[at + 3] == '"';
  }

  /** Behind most quotes stands a word or nothing. */
  private boolean mayGoOn(int next) {
    int at = next;
    while (at < to && (SqlTokenizer.isSpace(text[at]) || text[at] == ')')) {
      at++;
    }
    if (at == to) {
      return false;
    }
    byte c = text[at];
    boolean plain = SqlTokenizer.isDigit(c) || c == '.' || c == '\'' || c == '"' || c == ':';
    return !plain && (!Signals.isLetter(c) || isKnown(at));
  }

  private boolean isKnown(int at) {
    int end = wordEnd(at);
    return end - at >= 2 && SqlWords.of(text, at, end, false) != SqlToken.WORD;
  }

  private void word(int start) {
    boolean number = SqlTokenizer.isDigit(text[start]);
    int at = number ? SqlTokenizer.numberEnd(text, start, to) : start;
    if (at + 1 < to && SqlWords.mayStart(text[at], text[at + 1]) && Signals.isLetter(text[at])) {
      int end = wordEnd(at);
      if (SqlWords.of(text, at, end, false).starts()) {
        text(at, number || isOperandBefore(at));
      }
    }
  }

  private int wordEnd(int at) {
    int end = at;
    while (end < to && end - at <= LONGEST_WORD && SqlTokenizer.isName(text[end])) {
      end++;
    }
    return end;
  }

  private void doubled(int at, byte c) {
    if (at + 1 < to && text[at + 1] == c && at > from && text[at - 1] != c) {
      text(at, isOperandBefore(at));
    }
  }

  private boolean isOperandBefore(int at) {
    int before = at - 1;
    while (before >= from && at - before < LONGEST_WORD && SqlTokenizer.isSpace(text[before])) {
      before--;
    }
    byte c = before < from ? 0 : text[before];
    return SqlTokenizer.isDigit(c) || c == '\'' || c == '"' || c == ')';
  }

  private void text(int at, boolean operandBefore) {
    found(grammar.inText(text, at, to, operandBefore, isComparedBefore(at)), at, "none");
  }

  /** {@code 2 > 1} in front of an {@code and} is a sum of somebody's, not the end of a value. */
  private boolean isComparedBefore(int at) {
    int before = skipSpaceBack(at - 1);
    int digits = before;
    while (before >= from && SqlTokenizer.isDigit(text[before])) {
      before--;
    }
    before = digits - before > 0 && digits - before < LONGEST_WORD ? skipSpaceBack(before) : -1;
    if (before < from || (text[before] != '<' && text[before] != '>')) {
      return false;
    }
    before = skipSpaceBack(before - 1);
    return before >= from && SqlTokenizer.isDigit(text[before]);
  }

  private int skipSpaceBack(int at) {
    int before = at;
    while (before >= from && at - before < LONGEST_WORD && SqlTokenizer.isSpace(text[before])) {
      before--;
    }
    return before;
  }

  private void found(SqlShape judged, int at, String kind) {
    cost -= grammar.cost();
    complete = cost >= 0 || judged != null;
    boolean punctuation = judged == SqlShape.OPERATOR || judged == SqlShape.COMMENT;
    if (punctuation && (binary || opens(at))) {
      return;
    }
    shape = judged;
    place = at;
    context = kind;
  }

  /** A quote behind such a sign begins a string: of an argument, a member, an element, a field. */
  private boolean opens(int at) {
    int before = at - 1;
    while (before >= from && SqlTokenizer.isSpace(text[before])) {
      before--;
    }
    byte c = before < from ? 0 : text[before];
    return c == ',' || c == ';' || c == '(' || c == ':' || c == '[' || c == '{';
  }

  /** How many of a kind there were. */
  private static final class Quotes {

    private final String kind;
    private int all;
    private int unescaped;

    Quotes(String kind) {
      this.kind = kind;
    }

    void reset() {
      all = 0;
      unescaped = 0;
    }
  }
}
