package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import java.util.BitSet;
import java.util.List;

/**
 * Looks on behind matches that are excepted, where a view was not searched to its end for others:
 * else a harmless decoy in front would cover an attack. The engine tells the stretches in which a
 * rule matches at all, RE2J whether that is excepted too. What RE2J may read for a message is
 * bounded; a rule that is excepted again and again beyond that keeps the message back. Used by one
 * thread at a time.
 */
final class FurtherMatches {

  /** Bytes that are judged together. */
  static final int STRETCH = 512;

  /** Bytes on both sides in which an exception that touches a match is sought. */
  static final int AROUND = Exceptions.NEAR / 2;

  /** Bytes in front of a stretch in which a match that ends in it may begin. */
  private static final int OVERLAP = 256;

  /** Stretches of a message that are judged, each for one rule. */
  static final int MOST_JUDGED = 16;

  /** Receives what the rules that were asked for come to. */
  interface Outcome {
    /**
     * @param match that counts, or the one seen first
     * @param most what the rule may ask for
     */
    void of(int rule, PayloadPattern.Span match, Action most);
  }

  private final TimeBudget budget;
  private final TextPart part = new TextPart(OVERLAP + STRETCH);
  private final BitSet open = new BitSet();
  private final PayloadPattern.Span[] first; // by rule, of those that are open
  private int judged;

  FurtherMatches(TimeBudget budget, int rules) {
    this.budget = budget;
    this.first = new PayloadPattern.Span[rules];
  }

  /** Begins a message. */
  void reset() {
    judged = 0;
  }

  /** Asks for a rule whose match in the view to come may be excepted. */
  void ask(int rule, PayloadPattern.Span match) {
    open.set(rule);
    first[rule] = match;
  }

  boolean isAsked() {
    return !open.isEmpty();
  }

  /**
   * Answers what was asked; false where time was over before.
   *
   * @param blocks of {@link BlockOrder#BLOCK} that are to be looked at; null for the whole view
   */
  boolean seek(RuleScan scan, byte[] view, BitSet blocks, Outcome outcome) {
    int from = 0;
    for (; from < view.length && isAsked() && isInTime(); from += STRETCH) {
      if (blocks == null || blocks.get(from / BlockOrder.BLOCK)) {
        judge(scan, view, from, outcome);
      }
    }
    boolean inTime = !isAsked() || from >= view.length;
    leave(outcome);
    return inTime;
  }

  /** Answers what was asked without looking: nothing that is found there would matter. */
  void leave(Outcome outcome) {
    for (int rule = open.nextSetBit(0); rule >= 0; rule = open.nextSetBit(rule + 1)) {
      outcome.of(rule, first[rule], Action.FLAG);
    }
    open.clear();
  }

  private boolean isInTime() {
    return !budget.isRunning() || budget.left() > 0;
  }

  private void judge(RuleScan scan, byte[] view, int from, Outcome outcome) {
    int to = Math.min(view.length, from + STRETCH);
    scan.begin();
    scan.add(part.of(view, Math.max(0, from - OVERLAP), to));
    PatternHits hits = scan.hits();
    if (!hits.any()) {
      return;
    }
    List<Rule> rules = scan.rules().rules();
    for (int rule = open.nextSetBit(0); rule >= 0; rule = open.nextSetBit(rule + 1)) {
      if (!hits.has(rule)) {
        continue;
      }
      if (judged++ >= MOST_JUDGED) {
        outcome.of(rule, first[rule], Action.QUARANTINE);
        open.clear(rule);
        continue;
      }
      PayloadPattern.Span match = counting(rules.get(rule), view, from, to);
      if (match.exists()) {
        outcome.of(rule, match, Action.BLOCK);
        open.clear(rule);
      }
    }
  }

  /** The match in a stretch that no exception takes away, or {@code NONE}. */
  private static PayloadPattern.Span counting(Rule rule, byte[] view, int from, int to) {
    ExceptedText text =
        new ExceptedText(view, Math.max(0, from - AROUND), Math.min(view.length, to + AROUND));
    text.without(rule.notMatch());
    return text.find(rule.pattern(), from, to);
  }
}
