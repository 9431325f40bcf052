package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;

/**
 * Whether a rule's exception takes its hit away. Else anybody could put the excepted words anywhere
 * beside an attack: so an exception counts only where it overlaps or touches the match, unless the
 * rule says otherwise, and a further match that it leaves alone is a hit. Asked of what an engine
 * found, and answered by RE2J for all engines alike; what it may read for one message is bounded.
 * Used by one thread at a time.
 */
final class Exceptions {

  /** Bytes of a message in which exceptions are sought; of a view at most half of what is left. */
  static final int MOST_READ = 8 * 1024;

  /** Bytes around the end of a match, of a view that is longer than that. */
  static final int NEAR = 1024;

  /** Bytes of a message in which another match is sought than the one that is excepted. */
  static final int MOST_SOUGHT = 4 * 1024;

  /** Bytes of a message in which exceptions are sought that count anywhere. */
  static final int MOST_READ_ANYWHERE = 64 * 1024;

  private int toRead;
  private int toReadAnywhere;
  private int toSeek;
  private boolean sure;

  Exceptions() {
    reset();
  }

  /** Begins a message. */
  void reset() {
    toRead = MOST_READ;
    toReadAnywhere = MOST_READ_ANYWHERE;
    toSeek = MOST_SOUGHT;
  }

  /**
   * The match of a rule with an exception that counts, or {@code NONE} where all are excepted. Its
   * length is 0 where only its end is known.
   *
   * @param end where the engine saw one match end
   */
  PayloadPattern.Span match(Rule rule, byte[] view, int end) {
    PayloadPattern.Span seen = new PayloadPattern.Span(end, 0);
    if (rule.exceptsAnywhere()) {
      return occurs(rule.notMatch(), view) ? PayloadPattern.Span.NONE : seen;
    }
    sure = true;
    boolean whole = view.length <= Math.max(NEAR, toRead / 2);
    int from = whole ? 0 : Math.max(0, end - NEAR / 2);
    int to = whole ? view.length : Math.min(view.length, end + NEAR / 2);
    if (to - from > toRead) {
      return seen; // nobody gets off for sending so much of it
    }
    toRead -= to - from;
    ExceptedText text = new ExceptedText(view, from, to);
    if (!text.without(rule.notMatch())) {
      return seen;
    }
    PayloadPattern.Span other = PayloadPattern.Span.NONE;
    boolean sought = to - from <= toSeek;
    if (sought) {
      toSeek -= to - from;
      other = text.find(rule.pattern());
    }
    sure = other.exists() || (whole && sought);
    return sure ? other : seen;
  }

  /**
   * False where the match asked for last may be excepted, and another was not sought everywhere.
   */
  boolean isSure() {
    return sure;
  }

  /**
   * Whether the exception of a rule that hit takes the hit away; in doubt it does from a rule that
   * would allow.
   */
  boolean hold(Rule rule, byte[] view, int end) {
    return rule.notMatch() != null
        && (!match(rule, view, end).exists() || (rule.action() == Action.ALLOW && !sure));
  }

  private boolean occurs(PayloadPattern exception, byte[] view) {
    sure = view.length <= toReadAnywhere;
    toReadAnywhere -= sure ? view.length : 0;
    return sure && exception.find(view, view.length).exists();
  }
}
