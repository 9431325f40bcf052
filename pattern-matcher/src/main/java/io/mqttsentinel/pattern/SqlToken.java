package io.mqttsentinel.pattern;

/** What SQL is made of, the words that decide about a statement each for itself. */
enum SqlToken {
  END,
  /** More tokens than are looked at. */
  MORE,
  NUMBER,
  STRING,
  /** A string whose end lies behind the text: the quote of the statement around it ends it. */
  OPEN_STRING,
  WORD,
  VARIABLE,
  CONSTANT,
  /** A function that hardly anything but SQL has. */
  FUNCTION,
  /** A function whose call alone tells of an attack: it waits, reads files, leaks by errors. */
  SINK,
  /** A stored procedure of the server. */
  PROCEDURE_NAME,
  /** A table of the database about itself. */
  CATALOGUE,
  /** And, or, xor. */
  LOGIC,
  NOT,
  COMPARE,
  OPERATOR,
  LEFT,
  RIGHT,
  COMMA,
  SEMICOLON,
  STAR,
  /** To the end of the text: cuts off what the statement would go on with. */
  COMMENT,
  OTHER,
  UNION,
  SELECT,
  FROM,
  WHERE,
  HAVING,
  GROUP,
  ORDER,
  BY,
  LIMIT,
  INTO,
  FILE,
  VALUES,
  SET,
  AS,
  ON,
  TO,
  JOIN,
  USING,
  PROCEDURE,
  ANALYSE,
  CASE,
  WHEN,
  EXISTS,
  ALL,
  TOP,
  IF,
  INSERT,
  UPDATE,
  DELETE,
  DROP,
  CREATE,
  ALTER,
  TRUNCATE,
  EXEC,
  DECLARE,
  WAITFOR,
  DELAY,
  SHUTDOWN,
  GRANT,
  MERGE,
  CALL,
  LOAD,
  BACKUP,
  BEGIN,
  SHOW,
  /** A kind of thing that statements create and drop. */
  OBJECT;

  /** Joins two operands. */
  boolean joins() {
    return this == LOGIC || this == COMPARE || this == OPERATOR || this == STAR;
  }

  /** Stands where a name can stand, for instance as a column. */
  boolean names() {
    return switch (this) {
      case WORD,
          FUNCTION,
          SINK,
          PROCEDURE_NAME,
          CATALOGUE,
          OBJECT,
          FILE,
          ANALYSE,
          DELAY,
          SHOW,
          LOAD,
          BACKUP,
          CALL,
          BEGIN,
          TO,
          ON,
          IF,
          ALL,
          TOP,
          VALUES,
          SET ->
          true;
      default -> false;
    };
  }

  /** A word behind which a condition or a statement can go on, where it stands in any text. */
  boolean starts() {
    return switch (this) {
      case LOGIC,
          UNION,
          SELECT,
          HAVING,
          GROUP,
          ORDER,
          INTO,
          PROCEDURE,
          INSERT,
          UPDATE,
          DELETE,
          DROP,
          CREATE,
          ALTER,
          TRUNCATE,
          EXEC,
          DECLARE,
          WAITFOR,
          MERGE,
          SINK ->
          true;
      default -> false;
    };
  }
}
