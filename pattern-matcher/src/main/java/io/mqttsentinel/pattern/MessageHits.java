package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.InspectedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rules that hit in one message, in the order in which they did, each with the places where it
 * hit. Cleared and reused from message to message.
 */
final class MessageHits {

  private static final int MOST_EVIDENCE = 3;

  /** Bytes before and behind the end of a match in which the whole of it is sought. */
  private static final int LOCATE_BEFORE = 256;

  private static final int LOCATE_BEHIND = 64;

  /** In longer views less is read for it: whoever sends these wants it to cost. */
  private static final int LONG_VIEW = 16 * 1024;

  private static final int LOCATE_IN_LONG = 64;

  /** Such searches for one message; where more is found the end of the match must do. */
  private static final int MOST_LOCATED = 8;

  /** Bytes shown of what a tokeniser found. */
  private static final int EXCERPT = 64;

  private final List<Hit> hits = new ArrayList<>();
  private int located;

  void clear() {
    hits.clear();
    located = 0;
  }

  boolean isEmpty() {
    return hits.isEmpty();
  }

  /** Whether a rule blocks the message, whatever else is found. */
  boolean isBlocked() {
    for (int i = 0; i < hits.size(); i++) { // asked for each view: without an iterator
      Rule rule = hits.get(i).rule;
      if (hits.get(i).action() == Action.BLOCK && !rule.shadow() && rule.threshold() == null) {
        return true;
      }
    }
    return false;
  }

  /** Whether a rule has got all it may ask for already. */
  boolean isSettled(Rule rule) {
    for (int i = 0; i < hits.size(); i++) {
      Hit hit = hits.get(i);
      if (hit.rule.id().equals(rule.id())) {
        return hit.action() == rule.action();
      }
    }
    return false;
  }

  List<Hit> all() {
    return hits;
  }

  /**
   * A pattern occurs in a view.
   *
   * @param most what a match that is doubtful may ask for: it may be harmless, or the tokeniser
   *     that the rule names does not say the same of the view
   * @param match of length 0 where only its end is known
   */
  void add(
      Rule rule, Action most, String field, byte[] view, PayloadPattern.Span match, String chain) {
    Hit hit = of(rule);
    hit.allow(most);
    if (hit.evidence.size() < MOST_EVIDENCE) {
      PayloadPattern.Span span = match.length() > 0 ? match : locate(rule, view, match);
      hit.evidence.add(evidence(field, chain, view, span.offset(), span.length(), span.length()));
    }
  }

  /**
   * The text goes on with a statement of SQL.
   *
   * @param base where the text that was judged begins in the view
   */
  void addSql(SqlOpinion sql, String field, byte[] view, int base, String chain) {
    Map<String, String> seen = Map.of("shape", sql.shape().key(), "context", sql.context());
    addOpinion(BuiltInRules.SQL_SYNTAX, seen, field, view, base + sql.place(), chain);
  }

  /** The text makes a browser act; {@code base} as for SQL. */
  void addMarkup(MarkupOpinion markup, String field, byte[] view, int base, String chain) {
    Map<String, String> seen = Map.of("shape", markup.shape().key());
    addOpinion(BuiltInRules.MARKUP_ACTIVE, seen, field, view, base + markup.place(), chain);
  }

  private void addOpinion(
      Rule rule,
      Map<String, String> attributes,
      String field,
      byte[] view,
      int place,
      String chain) {
    Hit hit = of(rule);
    hit.allow(Action.BLOCK);
    if (hit.attributes.isEmpty()) {
      hit.attributes = attributes;
    }
    if (hit.evidence.size() < MOST_EVIDENCE) {
      hit.evidence.add(evidence(field, chain, view, place, 0, EXCERPT));
    }
  }

  /** Takes out the rules with a threshold that is not reached yet. */
  void dropBelow(Thresholds thresholds, InspectedMessage message) {
    if (!hits.isEmpty()) {
      hits.removeIf(hit -> hit.rule.threshold() != null && !thresholds.reached(hit.rule, message));
    }
  }

  private Hit of(Rule rule) {
    for (Hit hit : hits) {
      if (hit.rule.id().equals(rule.id())) {
        return hit;
      }
    }
    Hit first = new Hit(rule);
    hits.add(first);
    return first;
  }

  private PayloadPattern.Span locate(Rule rule, byte[] view, PayloadPattern.Span seen) {
    int end = seen.offset();
    if (located++ < MOST_LOCATED) {
      boolean isLong = view.length > LONG_VIEW;
      int from = Math.max(0, end - (isLong ? LOCATE_IN_LONG : LOCATE_BEFORE));
      int to = Math.min(view.length, end + (isLong ? 0 : LOCATE_BEHIND));
      PayloadPattern.Span whole = rule.pattern().find(view, from, to);
      if (whole.exists()) {
        return whole;
      }
    }
    return seen;
  }

  private static Evidence evidence(
      String field, String chain, byte[] view, int offset, int length, int shown) {
    return new Evidence(field, chain, offset, length, Excerpt.around(view, offset, shown));
  }

  /** What is known of a rule that hit in this message so far. */
  static final class Hit {

    private final Rule rule;
    private final List<Evidence> evidence = new ArrayList<>(1);
    private Map<String, String> attributes = Map.of();
    private Action most = Action.FLAG;

    private Hit(Rule rule) {
      this.rule = rule;
    }

    Rule rule() {
      return rule;
    }

    List<Evidence> evidence() {
      return evidence;
    }

    Map<String, String> attributes() {
      return attributes;
    }

    /** What all matches so far allow: the least doubtful counts. */
    private void allow(Action ofMatch) {
      most = ofMatch.compareTo(most) > 0 ? ofMatch : most;
    }

    /** What is broad and unconfirmed does not keep a message back. */
    Action action() {
      return rule.action().compareTo(most) > 0 ? most : rule.action();
    }
  }
}
