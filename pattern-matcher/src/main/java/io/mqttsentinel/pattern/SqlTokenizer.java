package io.mqttsentinel.pattern;

/**
 * Cuts a part of a text into tokens as the dialects of SQL together would: comments of all of them,
 * strings with doubled and with escaped quotes, numbers glued to words. One pass, no allocation.
 */
final class SqlTokenizer {

  private static final boolean[] NAME = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      NAME[c] = Signals.isWord(c) || c == '_' || c == '$' || c >= 0x80;
    }
  }

  private byte[] text;
  private int at;
  private int end;
  private boolean escapes;
  private boolean ambiguous;
  private boolean commentBefore;

  /**
   * Begins anew at {@code from}, outside any string.
   *
   * @param backslash it escapes a quote in strings, as MySQL has it, or is a character as any other
   */
  void reset(byte[] bytes, int from, int to, boolean backslash) {
    text = bytes;
    at = from;
    end = to;
    escapes = backslash;
    ambiguous = false;
  }

  /** Whether a string that was read ends elsewhere where a backslash is taken the other way. */
  boolean isAmbiguous() {
    return ambiguous;
  }

  /** Where the next token is sought. */
  int position() {
    return at;
  }

  /** A comment ended, at the end of a line, before the token read last. */
  boolean isCommentBefore() {
    return commentBefore;
  }

  SqlToken next() {
    commentBefore = false;
    while (at < end) {
      byte c = text[at];
      if (isSpace(c)) {
        at++;
      } else if (c == '/' && peek(1) == '*') {
        if (!blockComment()) {
          return SqlToken.COMMENT;
        }
      } else if (c == '*' && peek(1) == '/') {
        at += 2; // ends a comment whose content MySQL runs
      } else if (c == '#' || (c == '-' && peek(1) == '-')) {
        if (!lineComment()) {
          return SqlToken.COMMENT;
        }
        commentBefore = true;
      } else {
        return token(c);
      }
    }
    return SqlToken.END;
  }

  private SqlToken token(byte c) {
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return number();
    }
    if (isNameStart(c)) {
      return word();
    }
    return switch (c) {
      case '\'', '"' -> string(c, at + 1);
      case '`' -> quotedName((byte) '`');
      case '[' -> quotedName((byte) ']');
      case '@' -> variable();
      case '(' -> one(SqlToken.LEFT);
      case ')' -> one(SqlToken.RIGHT);
      case ',' -> one(SqlToken.COMMA);
      case ';' -> one(SqlToken.SEMICOLON);
      case '*' -> one(SqlToken.STAR);
      case '+', '-', '/', '%', '^' -> one(SqlToken.OPERATOR);
      case '~' -> one(SqlToken.NOT);
      case '!' -> peek(1) == '=' ? compare() : one(SqlToken.NOT);
      case '=', '<', '>' -> compare();
      case '|', '&' -> peek(1) == c ? many(2, SqlToken.LOGIC) : one(SqlToken.OPERATOR);
      case ':' -> peek(1) == '=' ? many(2, SqlToken.COMPARE) : cast();
      case '\\' -> peek(1) == 'N' ? many(2, SqlToken.CONSTANT) : one(SqlToken.OTHER);
      default -> one(SqlToken.OTHER);
    };
  }

  /** {@code ::type} of PostgreSQL is part of the operand before it. */
  private SqlToken cast() {
    return peek(1) == ':' ? many(2, SqlToken.OPERATOR) : one(SqlToken.OTHER);
  }

  private SqlToken compare() {
    int from = at;
    while (at < end && at < from + 3 && (text[at] == '=' || text[at] == '<' || text[at] == '>')) {
      at++;
    }
    if (at == from) {
      at += 2; // !=
    }
    return SqlToken.COMPARE;
  }

  private SqlToken number() {
    at = numberEnd(text, at, end);
    return SqlToken.NUMBER;
  }

  /** Behind the number that begins at {@code from}: a word can be glued to it. */
  static int numberEnd(byte[] text, int from, int end) {
    int radix = from + 2 < end && text[from] == '0' ? text[from + 1] | 0x20 : 0;
    if ((radix == 'x' && Signals.isHex(text[from + 2]))
        || (radix == 'b' && (text[from + 2] & ~1) == '0')) {
      int at = from + 2;
      while (at < end && (radix == 'x' ? Signals.isHex(text[at]) : (text[at] & ~1) == '0')) {
        at++;
      }
      return at;
    }
    int at = from;
    while (at < end && (isDigit(text[at]) || text[at] == '.')) {
      at++;
    }
    if (at < end && (text[at] | 0x20) == 'e') {
      boolean signed = at + 1 < end && (text[at + 1] == '-' || text[at + 1] == '+');
      int digits = signed ? at + 2 : at + 1;
      if (digits < end && isDigit(text[digits])) {
        at = digits;
        while (at < end && isDigit(text[at])) {
          at++;
        }
      }
    }
    return at;
  }

  private SqlToken word() {
    int from = at;
    boolean dotted = false;
    while (at < end && (isName(text[at]) || (text[at] == '.' && isName(peek(1))) || isTwoDots())) {
      dotted |= text[at] == '.';
      at++;
    }
    if (at - from <= 2 && at < end && (text[at] == '\'' || text[at] == '"') && isPrefix(from)) {
      return string(text[at], at + 1);
    }
    return SqlWords.of(text, from, at, dotted);
  }

  private boolean isTwoDots() {
    return text[at] == '.' && peek(1) == '.' && isName(peek(2));
  }

  /** {@code N'…'}, {@code x'…'}, {@code b'…'}, {@code e'…'}, {@code q'…'}. */
  private boolean isPrefix(int from) {
    int first = SqlWords.lower(text[from]);
    return at - from == 1 && (first == 'n' || first == 'x' || first == 'b' || first == 'e');
  }

  private SqlToken string(byte quote, int from) {
    for (at = from; at < end; at++) {
      if (text[at] == '\\' && escapes && at + 1 < end) {
        at++;
        ambiguous |= text[at] == quote;
      } else if (text[at] == quote) {
        if (peek(1) == quote) {
          at++;
        } else {
          at++;
          return SqlToken.STRING;
        }
      }
    }
    return SqlToken.OPEN_STRING;
  }

  private SqlToken quotedName(byte close) {
    int to = at + 1;
    while (to < end && to < at + 64 && text[to] != close && text[to] != '\n') {
      to++;
    }
    boolean closed = to < end && text[to] == close && to > at + 1;
    at = closed ? to + 1 : at + 1;
    return closed ? SqlToken.WORD : SqlToken.OTHER;
  }

  private SqlToken variable() {
    int from = at;
    while (at < end && text[at] == '@') {
      at++;
    }
    int name = at;
    while (at < end && (isName(text[at]) || (text[at] == '.' && isName(peek(1))))) {
      at++;
    }
    return at > name && at - from < 64 ? SqlToken.VARIABLE : SqlToken.OTHER;
  }

  /** Skips a closed one, of {@code /*!50000} only the number; false where it has no end. */
  private boolean blockComment() {
    if (peek(2) == '!') {
      at += 3;
      while (at < end && isDigit(text[at])) {
        at++;
      }
      return true;
    }
    for (int i = at + 2; i + 1 < end; i++) {
      if (text[i] == '*' && text[i + 1] == '/') {
        at = i + 2;
        return true;
      }
    }
    at = end;
    return false;
  }

  /** Skips to the next line; false where there is none. */
  private boolean lineComment() {
    while (at < end && text[at] != '\n' && text[at] != '\r') {
      at++;
    }
    while (at < end && isSpace(text[at])) {
      at++;
    }
    return at < end;
  }

  private SqlToken one(SqlToken token) {
    at++;
    return token;
  }

  private SqlToken many(int length, SqlToken token) {
    at += length;
    return token;
  }

  private byte peek(int ahead) {
    return at + ahead < end ? text[at + ahead] : 0;
  }

  /** For SQL Server every control character is white space. */
  static boolean isSpace(byte c) {
    return (c >= 0 && c <= ' ') || c == (byte) 0xa0;
  }

  static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(byte c) {
    return NAME[c & 0xff] && !isDigit(c);
  }

  /** Of a name: letters, digits, and what lies beyond ASCII. */
  static boolean isName(byte c) {
    return NAME[c & 0xff];
  }
}
