package io.mqttsentinel.pattern;

import java.util.Locale;

/** In which way a text goes on with an SQL statement that somebody else began. */
enum SqlShape {
  /** A condition is added. */
  CONDITION,
  /** A second result set is added. */
  UNION,
  /** A whole statement. */
  STATEMENT,
  /** The rest of the statement is commented out. */
  COMMENT,
  /** A value is joined to the one before. */
  OPERATOR,
  /** Sorting, grouping, limits, output. */
  CLAUSE,
  /** A function is called that waits, reads files or leaks by errors. */
  CALL;

  /** As findings name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
