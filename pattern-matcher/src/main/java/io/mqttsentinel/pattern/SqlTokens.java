package io.mqttsentinel.pattern;

import java.util.Arrays;

/**
 * The tokens from one place on, read as far as they are asked for, and no more than some dozens.
 */
final class SqlTokens {

  private static final int MOST = 96;

  private final SqlTokenizer tokenizer = new SqlTokenizer();
  private final SqlToken[] tokens = new SqlToken[MOST];
  private final boolean[] behindComment = new boolean[MOST];
  private int read;
  private int start;

  /**
   * @param backslash it escapes a quote in strings
   */
  void reset(byte[] text, int from, int to, boolean backslash) {
    tokenizer.reset(text, from, to, backslash);
    read = 0;
    start = from;
  }

  /** Whether the tokens read are others where a backslash is taken the other way. */
  boolean isAmbiguous() {
    return tokenizer.isAmbiguous();
  }

  SqlToken at(int index) {
    if (index >= MOST) {
      return SqlToken.MORE;
    }
    while (read <= index) {
      if (read > 0 && isLast(tokens[read - 1])) {
        return tokens[read - 1];
      }
      tokens[read] = tokenizer.next();
      behindComment[read] = tokenizer.isCommentBefore();
      read++;
    }
    return tokens[index];
  }

  /** Nothing that counts follows: the end, or a comment up to it or to the next line. */
  boolean isEnd(int index) {
    return switch (at(index)) {
      case END, MORE, SEMICOLON -> true;
      default -> isCutOff(index);
    };
  }

  /** A comment hides what the statement would go on with. */
  boolean isCutOff(int index) {
    SqlToken token = at(index);
    if (token == SqlToken.SEMICOLON) {
      return isCutOff(index + 1);
    }
    return token == SqlToken.COMMENT || (index < read && index < MOST && behindComment[index]);
  }

  /** Bytes read for all this. */
  int cost() {
    return tokenizer.position() - start;
  }

  private static boolean isLast(SqlToken token) {
    return token == SqlToken.END || token == SqlToken.COMMENT || token == SqlToken.OPEN_STRING;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(tokens, read));
  }
}
