package io.mqttsentinel.pattern;

/**
 * One step of the way to a value in a JSON text, or of a path that names such ways.
 *
 * @param name of {@link Kind#NAME}, else empty
 * @param index of {@link Kind#INDEX}, else 0
 */
record JsonStep(Kind kind, String name, int index) {

  static final JsonStep ANY_NAME = new JsonStep(Kind.ANY_NAME, "", 0);
  static final JsonStep ANY_INDEX = new JsonStep(Kind.ANY_INDEX, "", 0);
  static final JsonStep ANY_DEPTH = new JsonStep(Kind.ANY_DEPTH, "", 0);

  /** The first two are steps of values too. */
  enum Kind {
    NAME,
    INDEX,
    ANY_NAME,
    ANY_INDEX,
    /** No step, or any number of any. */
    ANY_DEPTH
  }

  static JsonStep name(String name) {
    return new JsonStep(Kind.NAME, name, 0);
  }

  static JsonStep index(int index) {
    return new JsonStep(Kind.INDEX, "", index);
  }

  /** Whether a step of a value is one that this names. */
  boolean fits(JsonStep actual) {
    return switch (kind) {
      case NAME, INDEX -> equals(actual);
      case ANY_NAME -> actual.kind == Kind.NAME;
      case ANY_INDEX -> actual.kind == Kind.INDEX;
      case ANY_DEPTH -> true;
    };
  }
}
