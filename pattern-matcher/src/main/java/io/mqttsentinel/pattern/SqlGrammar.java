package io.mqttsentinel.pattern;

/**
 * Judges tokens as what follows in a statement that began before the text: behind a quote that
 * closes a string, or behind any operand. It asks for structure, not for words: a condition needs
 * its operands and an end that leaves the statement whole, so that prose with the same words fails.
 */
final class SqlGrammar {

  /** Of a condition that compares nothing: more of them are words that signs happen to join. */
  private static final int MOST_COLUMNS = 3;

  private final SqlTokens tokens = new SqlTokens();
  private final SqlExpression expression = new SqlExpression(tokens);
  private final SqlStatement statement = new SqlStatement(tokens, expression);
  private int cost;

  /**
   * What begins at {@code from}, right behind a quote.
   *
   * @param adjacent the quote stands at the end of a word, not behind a space
   * @return null for nothing that an SQL statement could hold there
   */
  SqlShape behindQuote(byte[] text, int from, int to, boolean adjacent) {
    tokens.reset(text, from, to, true);
    SqlShape shape = behindQuote(adjacent);
    cost = tokens.cost();
    if (shape == null && tokens.isAmbiguous()) {
      tokens.reset(text, from, to, false);
      shape = behindQuote(adjacent);
      cost += tokens.cost();
    }
    return shape;
  }

  private SqlShape behindQuote(boolean adjacent) {
    int at = 0;
    while (tokens.at(at) == SqlToken.RIGHT) {
      at++;
    }
    return switch (tokens.at(at)) {
      case COMMENT -> SqlShape.COMMENT;
      case LOGIC -> logicBehindQuote(at);
      case UNION -> union(at);
      case SEMICOLON -> behindSemicolon(at);
      case OPERATOR, COMPARE, STAR -> operator(at, adjacent);
      case NOT -> tokens.at(at + 1) == SqlToken.COMPARE ? operator(at + 1, adjacent) : null;
      case COMMA -> values(at);
      case WHERE, HAVING -> conditionClause(at);
      case GROUP, ORDER -> sorting(at, true);
      case LIMIT, PROCEDURE, INTO -> otherClause(at);
      default -> statement.matches(at, true) ? SqlShape.STATEMENT : null;
    };
  }

  /**
   * What begins at {@code from} with a word of SQL or with a semicolon, somewhere in a text.
   *
   * @param operandBefore a number, a quote or a parenthesis stands in front
   * @return null for nothing that only SQL says
   */
  SqlShape inText(byte[] text, int from, int to, boolean operandBefore) {
    tokens.reset(text, from, to, true);
    SqlShape shape = inText(operandBefore);
    cost = tokens.cost();
    if (shape == null && tokens.isAmbiguous()) {
      tokens.reset(text, from, to, false);
      shape = inText(operandBefore);
      cost += tokens.cost();
    }
    return shape;
  }

  private SqlShape inText(boolean operandBefore) {
    return switch (tokens.at(0)) {
      case LOGIC -> logicInText(operandBefore);
      case UNION -> union(0);
      case SEMICOLON -> statement.matches(1, false) ? SqlShape.STATEMENT : null;
      case HAVING -> {
        int end = expression.read(1);
        yield end > 0 && expression.isTelling() ? SqlShape.CLAUSE : null;
      }
      case GROUP, ORDER -> operandBefore ? sorting(0, false) : null;
      case PROCEDURE, INTO -> otherClause(0);
      case SINK -> null;
      default -> statement.matches(0, false) ? SqlShape.STATEMENT : null;
    };
  }

  /** Bytes read for the last answer. */
  int cost() {
    return cost;
  }

  private SqlShape logicBehindQuote(int at) {
    int end = expression.read(at + 1);
    if (end < 0) {
      return null;
    }
    if (expression.isTelling()) {
      return SqlShape.CONDITION;
    }
    boolean bare = expression.comparisons == 0 && !expression.functions;
    if (bare && expression.columns > 0) {
      boolean cut = tokens.isCutOff(end) && expression.columns <= MOST_COLUMNS;
      return cut || expression.open ? SqlShape.CONDITION : null;
    }
    return endsStatement(end) ? SqlShape.CONDITION : null;
  }

  private SqlShape logicInText(boolean operandBefore) {
    int end = expression.read(1);
    if (end < 0) {
      return null;
    }
    boolean telling =
        expression.sinks || expression.subquery || (expression.constant && endsStatement(end));
    boolean probe = expression.functions && (expression.comparisons > 0 || tokens.isCutOff(end));
    boolean cut = operandBefore && expression.columns == 0 && tokens.isCutOff(end);
    return telling || probe || cut ? SqlShape.CONDITION : null;
  }

  /** The statement can end here, or go on with a clause. */
  private boolean endsStatement(int at) {
    return expression.open
        || tokens.isEnd(at)
        || switch (tokens.at(at)) {
          case RIGHT, UNION, ORDER, GROUP, HAVING, LIMIT, INTO, PROCEDURE, OPEN_STRING -> true;
          default -> false;
        };
  }

  private SqlShape union(int from) {
    int at = from + 1;
    while (tokens.at(at) == SqlToken.ALL || tokens.at(at) == SqlToken.LEFT) {
      at++;
    }
    SqlToken token = tokens.at(at);
    boolean query = token == SqlToken.SELECT || (token == SqlToken.VALUES && at > from);
    return query && tokens.at(at + 1) != SqlToken.END ? SqlShape.UNION : null;
  }

  private SqlShape behindSemicolon(int at) {
    if (tokens.isCutOff(at)) {
      return SqlShape.COMMENT;
    }
    return statement.matches(at + 1, true) ? SqlShape.STATEMENT : null;
  }

  private SqlShape operator(int at, boolean adjacent) {
    int end = expression.read(at + 1);
    if (end < 0) {
      return null;
    }
    boolean closed = expression.open || tokens.isCutOff(end);
    boolean joined = adjacent && expression.columns == 1;
    boolean value = expression.columns == 0 || expression.comparisons > 0 || joined;
    boolean whole = closed && value && (adjacent || tokens.isCutOff(end));
    return expression.isTelling() || whole ? SqlShape.OPERATOR : null;
  }

  /** Further values of an INSERT. */
  private SqlShape values(int from) {
    int at = from;
    boolean telling = false;
    while (tokens.at(at) == SqlToken.COMMA) {
      int end = expression.read(at + 1);
      if (end < 0) {
        return null;
      }
      telling |= expression.sinks || expression.subquery;
      at = end;
    }
    while (tokens.at(at) == SqlToken.RIGHT) {
      at++;
    }
    return telling || tokens.isCutOff(at) ? SqlShape.OPERATOR : null;
  }

  private SqlShape conditionClause(int at) {
    int end = expression.read(at + 1);
    boolean condition =
        end > 0 && (expression.comparisons > 0 || expression.isTelling() || expression.open);
    return condition && endsStatement(end) ? SqlShape.CLAUSE : null;
  }

  private SqlShape sorting(int at, boolean quoted) {
    if (tokens.at(at + 1) != SqlToken.BY) {
      return null;
    }
    int end = expression.read(at + 2);
    while (end > 0 && tokens.at(end) == SqlToken.COMMA) {
      end = expression.read(end + 1);
    }
    if (end < 0) {
      return null;
    }
    boolean plain = expression.columns == 0 && tokens.isEnd(end);
    boolean cut = quoted && tokens.isCutOff(end);
    return expression.isTelling() || plain || cut ? SqlShape.CLAUSE : null;
  }

  private SqlShape otherClause(int at) {
    SqlToken next = tokens.at(at + 1);
    boolean clause =
        switch (tokens.at(at)) {
          case LIMIT -> next == SqlToken.NUMBER && tokens.isEnd(at + 2);
          case PROCEDURE -> next == SqlToken.ANALYSE && tokens.at(at + 2) == SqlToken.LEFT;
          case INTO -> next == SqlToken.FILE;
          default -> false;
        };
    return clause ? SqlShape.CLAUSE : null;
  }
}
