package io.mqttsentinel.pattern;

/** Reads an expression from tokens and notes what it is made of. One pass, nesting bounded. */
final class SqlExpression {

  private static final int DEEPEST = 8;

  private final SqlTokens tokens;

  /** Operands that are names of anything. */
  int columns;

  int comparisons;

  /** A literal was compared with a literal: nobody but an attacker writes that. */
  boolean constant;

  /** Functions of databases, and those whose call tells by itself. */
  boolean functions;

  boolean sinks;
  boolean subquery;

  /** Ends in a string that the statement around it closes. */
  boolean open;

  private boolean literal;

  SqlExpression(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** The index behind the expression that begins at {@code at}, or -1 where none does. */
  int read(int at) {
    columns = 0;
    comparisons = 0;
    constant = false;
    functions = false;
    sinks = false;
    subquery = false;
    open = false;
    return operands(at, 0);
  }

  /** It asks the database something, whatever stands around it. */
  boolean isTelling() {
    return sinks || subquery || constant;
  }

  private int operands(int from, int depth) {
    boolean before = false;
    boolean compared = false;
    boolean any = false;
    int at = from;
    while (true) {
      int next = operand(at, depth);
      if (next < 0) {
        return any ? at : -1;
      }
      boolean pair = compared && before && literal;
      constant |= pair;
      any = true;
      before = literal;
      at = next;
      compared = false;
      if (open) {
        return at;
      }
      if (tokens.at(at) == SqlToken.NOT && tokens.at(at + 1) == SqlToken.COMPARE) {
        at++;
      }
      if (!tokens.at(at).joins()) {
        return at;
      }
      while (tokens.at(at).joins()) {
        if (tokens.at(at) == SqlToken.COMPARE) {
          compared = true;
          comparisons++;
        } else if (tokens.at(at) == SqlToken.LOGIC) {
          before = false;
        }
        at++;
      }
    }
  }

  private int operand(int from, int depth) {
    int at = from;
    while (tokens.at(at) == SqlToken.NOT || tokens.at(at) == SqlToken.OPERATOR) {
      at++;
    }
    literal = false;
    SqlToken token = tokens.at(at);
    switch (token) {
      case NUMBER, CONSTANT -> literal = true;
      case STRING -> {
        literal = true;
        while (tokens.at(at + 1) == SqlToken.STRING) {
          at++;
        }
      }
      case OPEN_STRING -> {
        literal = true;
        open = true;
      }
      case VARIABLE -> functions = true;
      case STAR -> columns++;
      case LEFT -> {
        return parenthesis(at, depth);
      }
      case EXISTS -> {
        return tokens.at(at + 1) == SqlToken.LEFT ? parenthesis(at + 1, depth) : -1;
      }
      case CASE -> {
        return caseWhen(at);
      }
      case PROCEDURE_NAME -> sinks = true;
      default -> {
        return token.names() ? name(token, at) : -1;
      }
    }
    return at + 1;
  }

  private int name(SqlToken token, int at) {
    if (tokens.at(at + 1) != SqlToken.LEFT) {
      columns++;
      return at + 1;
    }
    sinks |= token == SqlToken.SINK;
    functions |= token == SqlToken.FUNCTION || token == SqlToken.SINK;
    if (token != SqlToken.SINK && token != SqlToken.FUNCTION) {
      columns++;
    }
    return skip(at + 1);
  }

  private int parenthesis(int at, int depth) {
    if (tokens.at(at + 1) == SqlToken.SELECT) {
      subquery = true;
      return skip(at);
    }
    if (depth == DEEPEST) {
      return skip(at);
    }
    int next = operands(at + 1, depth + 1);
    while (next > 0 && tokens.at(next) == SqlToken.COMMA) {
      next = operands(next + 1, depth + 1);
    }
    if (next > 0 && tokens.at(next) == SqlToken.RIGHT) {
      return next + 1;
    }
    return next > 0 && (open || tokens.isEnd(next)) ? next : -1;
  }

  /** Behind the parenthesis that closes the one at {@code from}, or where the text ends before. */
  private int skip(int from) {
    int depth = 0;
    int at = from;
    while (true) {
      SqlToken token = tokens.at(at);
      switch (token) {
        case LEFT -> {
          depth++;
          subquery |= tokens.at(at + 1) == SqlToken.SELECT;
        }
        case RIGHT -> depth--;
        case SINK -> sinks |= tokens.at(at + 1) == SqlToken.LEFT;
        case END, MORE, COMMENT -> {
          return at;
        }
        case OPEN_STRING -> {
          open = true;
          return at;
        }
        default -> {}
      }
      at++;
      if (depth == 0) {
        return at;
      }
    }
  }

  /** {@code CASE … WHEN … END}, its end taken for that of the expression. */
  private int caseWhen(int from) {
    boolean when = false;
    for (int at = from + 1; ; at++) {
      switch (tokens.at(at)) {
        case WHEN -> when = true;
        case END, MORE, COMMENT, OPEN_STRING, RIGHT, COMMA, SEMICOLON -> {
          functions |= when;
          return when ? at : -1;
        }
        default -> {}
      }
    }
  }
}
