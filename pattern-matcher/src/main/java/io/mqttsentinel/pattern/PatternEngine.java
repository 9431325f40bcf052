package io.mqttsentinel.pattern;

/**
 * Many patterns, compiled together, that say in one pass which of them occur in a text. Shared by
 * all threads; each thread has its own {@link Scanner}. All engines give the same answers.
 */
interface PatternEngine {

  /** {@code vectorscan} or {@code java}; a value of a metric. */
  String name();

  int patterns();

  /** A scanner for one thread. */
  Scanner scanner();

  /** Used by one thread at a time. */
  interface Scanner {

    /** Adds the indexes of all patterns that occur in the first {@code length} bytes. */
    void scan(byte[] bytes, int length, PatternHits hits);
  }
}
