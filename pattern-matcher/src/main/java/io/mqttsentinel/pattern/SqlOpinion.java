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

  private static final int BINARY_LOOK = 16;

  /** Bytes read closely, for each byte of text and at least. */
  private static final int COST_FACTOR = 8;

  private static final int LEAST_COST = 8192;
  private static final int MOST_COST = 32 * 1024;

  private final SqlGrammar grammar = new SqlGrammar();
  private byte[] text;
  private int from;
  private int to;
  private long cost;
  private boolean complete;
  private SqlShape shape;
  private int place;
  private String context;

  /** Whether this part of a text is an injection; the accessors then tell which and where. */
  boolean judge(byte[] bytes, int start, int end) {
    text = bytes;
    from = start;
    to = end;
    shape = null;
    cost = Math.min(MOST_COST, LEAST_COST + (long) COST_FACTOR * (end - start));
    complete = true;
    int single = 0;
    int twofold = 0;
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
        case '\'' -> single += quote(i, single, word, "single");
        case '"' -> twofold += quote(i, twofold, word, "double");
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

  /** Odd quotes close the string of the statement; an apostrophe inside a word counts for none. */
  private int quote(int at, int before, boolean word, String kind) {
    boolean apostrophe = word && at + 1 < to && Signals.isLetter(text[at + 1]);
    if ((before & 1) == 0 && mayGoOn(at + 1)) {
      boolean adjacent = at == from || !SqlTokenizer.isSpace(text[at - 1]);
      found(grammar.behindQuote(text, at + 1, to, adjacent), at, kind);
    }
    return apostrophe ? 0 : 1;
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

  private void word(int at) {
    if (at + 1 < to && SqlWords.mayStart(text[at], text[at + 1]) && Signals.isLetter(text[at])) {
      int end = wordEnd(at);
      if (SqlWords.of(text, at, end, false).starts()) {
        text(at, isOperandBefore(at));
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
    found(grammar.inText(text, at, to, operandBefore), at, "none");
  }

  /** In binary payloads quotes and operators stand together by chance. */
  private boolean isBinary(int at) {
    int last = Math.min(to, at + BINARY_LOOK);
    for (int i = Math.max(from, at - BINARY_LOOK); i < last; i++) {
      byte c = text[i];
      if (c < 0 || c == 0x7f || (c < ' ' && !(c >= '\t' && c <= '\r'))) {
        return true;
      }
    }
    return false;
  }

  private void found(SqlShape judged, int at, String kind) {
    cost -= grammar.cost();
    complete = cost >= 0 || judged != null;
    boolean punctuation = judged == SqlShape.OPERATOR || judged == SqlShape.COMMENT;
    if (punctuation && isBinary(at)) {
      return;
    }
    shape = judged;
    place = at;
    context = kind;
  }
}
