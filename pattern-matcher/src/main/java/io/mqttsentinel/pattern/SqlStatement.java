package io.mqttsentinel.pattern;

/** Recognises the beginning of whole statements, far enough to tell them from prose. */
final class SqlStatement {

  private final SqlTokens tokens;
  private final SqlExpression expression;

  SqlStatement(SqlTokens tokens, SqlExpression expression) {
    this.tokens = tokens;
    this.expression = expression;
  }

  /**
   * Whether a statement begins at {@code at}.
   *
   * @param injected it stands behind a closed string or a semicolon: less is enough
   */
  boolean matches(int at, boolean injected) {
    SqlToken next = tokens.at(at + 1);
    return switch (tokens.at(at)) {
      case SELECT -> select(at + 1);
      case INSERT -> insert(at + 1);
      case UPDATE ->
          next.names()
              && tokens.at(at + 2) == SqlToken.SET
              && tokens.at(at + 3).names()
              && tokens.at(at + 4) == SqlToken.COMPARE;
      case DELETE ->
          next == SqlToken.FROM
              && tokens.at(at + 2).names()
              && (tokens.at(at + 3) == SqlToken.WHERE || tokens.isEnd(at + 3));
      case DROP, TRUNCATE, ALTER, CREATE -> definition(at);
      case EXEC -> execute(at + 1, injected);
      case DECLARE -> next == SqlToken.VARIABLE;
      case WAITFOR -> next == SqlToken.DELAY && isValue(tokens.at(at + 2));
      case SHUTDOWN -> injected && tokens.isEnd(at + 1);
      case GRANT -> next.names() && tokens.at(at + 2) == SqlToken.ON;
      case MERGE -> next == SqlToken.INTO && tokens.at(at + 2).names();
      case CALL, BEGIN -> injected && tokens.at(at + 2) == SqlToken.LEFT && next.names();
      case LOAD, BACKUP -> injected && next.names() && tokens.at(at + 2).names();
      case SHOW -> injected && next.names() && tokens.isEnd(at + 2);
      case SINK -> injected && next == SqlToken.LEFT;
      case IF -> injected && condition(at + 1);
      case SET -> injected && next == SqlToken.VARIABLE;
      default -> false;
    };
  }

  private boolean condition(int at) {
    int end = expression.read(at);
    return end > 0 && (expression.isTelling() || expression.functions);
  }

  private static boolean isValue(SqlToken token) {
    return switch (token) {
      case STRING, OPEN_STRING, VARIABLE, NUMBER, LEFT -> true;
      default -> false;
    };
  }

  /** A list of more than a word, or a word from a table with what only a query has behind it. */
  private boolean select(int from) {
    int at = from;
    boolean telling = false;
    if (tokens.at(at) == SqlToken.TOP && tokens.at(at + 1) == SqlToken.NUMBER) {
      at += 2;
      telling = true;
    }
    while (tokens.at(at) == SqlToken.ALL) {
      at++;
    }
    int items = 0;
    boolean structured = false;
    while (true) {
      int end = expression.read(at);
      if (end < 0) {
        return false;
      }
      items++;
      structured |= expression.columns == 0 || tokens.at(at) == SqlToken.STAR || end > at + 1;
      telling |= expression.sinks || expression.subquery || expression.functions;
      at = alias(end);
      if (tokens.at(at) != SqlToken.COMMA) {
        break;
      }
      at++;
    }
    if (expression.open && items == 1) {
      return telling;
    }
    if (tokens.at(at) == SqlToken.FROM) {
      return from(at + 1, structured || items > 1 || telling);
    }
    boolean ends =
        tokens.isEnd(at) || tokens.at(at) == SqlToken.RIGHT || tokens.at(at) == SqlToken.UNION;
    return ends && (telling || (structured && (items > 1 || tokens.isCutOff(at))));
  }

  private int alias(int at) {
    if (tokens.at(at) == SqlToken.AS && tokens.at(at + 1).names()) {
      return at + 2;
    }
    return at;
  }

  private boolean from(int from, boolean structured) {
    SqlToken table = tokens.at(from);
    if (table == SqlToken.CATALOGUE) {
      return true;
    }
    if (table == SqlToken.LEFT) {
      return tokens.at(from + 1) == SqlToken.SELECT;
    }
    if (!table.names()) {
      return false;
    }
    int at = alias(from + 1);
    if (tokens.at(at).names() && tokens.at(at + 1) != SqlToken.WORD) {
      at++;
    }
    boolean goesOn =
        switch (tokens.at(at)) {
          case WHERE, GROUP, ORDER, LIMIT, UNION, JOIN, HAVING, RIGHT, COMMENT, SEMICOLON, USING ->
              true;
          default -> tokens.isCutOff(at);
        };
    return goesOn || (structured && (tokens.isEnd(at) || tokens.at(at) == SqlToken.COMMA));
  }

  private boolean insert(int from) {
    int at = from;
    while (tokens.at(at) == SqlToken.WORD && tokens.at(at + 1) == SqlToken.INTO) {
      at++;
    }
    if (tokens.at(at) != SqlToken.INTO || !tokens.at(at + 1).names()) {
      return false;
    }
    return switch (tokens.at(at + 2)) {
      case LEFT, SELECT -> true;
      case VALUES, SET -> tokens.at(at + 3) != SqlToken.END;
      default -> false;
    };
  }

  private boolean definition(int from) {
    SqlToken verb = tokens.at(from);
    int at = from + 1;
    while (tokens.at(at) == SqlToken.WORD && at < from + 4) {
      at++;
    }
    if (tokens.at(at) != SqlToken.OBJECT) {
      return false;
    }
    at++;
    while (tokens.at(at) == SqlToken.IF
        || tokens.at(at) == SqlToken.NOT
        || tokens.at(at) == SqlToken.EXISTS) {
      at++;
    }
    if (!tokens.at(at).names()) {
      return false;
    }
    SqlToken next = tokens.at(at + 1);
    return switch (verb) {
      case DROP, TRUNCATE -> tokens.isEnd(at + 1) || next == SqlToken.COMMA;
      case ALTER -> next.names() || next == SqlToken.DROP;
      default -> next == SqlToken.LEFT || next == SqlToken.AS;
    };
  }

  private boolean execute(int at, boolean injected) {
    SqlToken next = tokens.at(at);
    return switch (next) {
      case PROCEDURE_NAME, VARIABLE -> true;
      case LEFT -> isValue(tokens.at(at + 1)) && tokens.at(at + 1) != SqlToken.LEFT;
      case WORD -> injected && isValue(tokens.at(at + 1));
      default -> false;
    };
  }
}
