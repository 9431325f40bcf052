package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.UserProperty;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Looks at every field of a message in all its views with one set of rules. Used by one thread at a
 * time; a new set of rules needs a new inspector.
 */
final class PatternInspector {

  static final String STAGE = "pattern-matcher";
  static final String TRUNCATED = "inspection_truncated";

  private static final int MOST_EVIDENCE = 3;

  /** Bytes before and behind the end of a match in which the whole of it is sought. */
  private static final int LOCATE_BEFORE = 256;

  private static final int LOCATE_BEHIND = 64;

  /** In longer views less is read for it: whoever sends these wants it to cost. */
  private static final int LONG_VIEW = 16 * 1024;

  private static final int LOCATE_IN_LONG = 64;

  /** Of a value of JSON that is looked at alone, in compared steps. */
  private static final int COST_OF_VALUE = 256;

  /** Bytes shown of what a tokeniser found. */
  private static final int EXCERPT = 64;

  /** Such searches for one message; where more is found the end of the match must do. */
  private static final int MOST_LOCATED = 8;

  private final RuleSet rules;
  private final List<TopicFilter> alertTopics;
  private final Normalizer normalizer;
  private final Matching threats;
  private final Matching names;
  private final Matching alerts;

  private final SecondOpinion opinion = new SecondOpinion();
  private final FieldTexts texts = new FieldTexts();
  private final Normalizer.ViewSink sink = this::match;
  private final Action exceeded;

  private final List<Found> found = new ArrayList<>();
  private final Thresholds thresholds = new Thresholds();
  private InspectedMessage message;
  private byte[] payload;
  private List<JsonStep> place;
  private InspectedField field;
  private boolean clean;
  private String topic;
  private int located;
  private String limit;

  PatternInspector(RuleSet rules, List<TopicFilter> alertTopics, DecodeLimits limits) {
    this.rules = rules;
    this.alertTopics = alertTopics;
    this.normalizer = new Normalizer(limits);
    this.exceeded = limits.exceeded();
    this.threats = new Matching(rules.threats());
    this.names = new Matching(rules.names());
    this.alerts = new Matching(rules.alertValidation());
  }

  RuleSet rules() {
    return rules;
  }

  /** What the rules have to say of a message; empty for nothing. */
  List<Finding> inspect(InspectedMessage inspected) {
    long start = System.nanoTime();
    found.clear();
    message = inspected;
    topic = message.getTopic();
    located = 0;
    limit = null;
    byte[] whole = bytes(message.getPayload());
    payload = HarmlessField.blank(rules.harmless(), topic, whole);
    look(InspectedField.PAYLOAD, payload);
    lookAtPaths();
    lookAtShort(InspectedField.TOPIC, topic);
    lookAtShort(InspectedField.CLIENT_ID, message.getClientId());
    if (message.getUsername() != null) {
      lookAtShort(InspectedField.USERNAME, message.getUsername());
    }
    lookAtProperties(message.getProperties());
    int alert = alertRule(whole);
    if (!found.isEmpty()) {
      found.removeIf(one -> one.rule.threshold() != null && !thresholds.reached(one.rule, message));
    }
    if (found.isEmpty() && limit == null && alert < 0) {
      return List.of();
    }
    return findings(whole, alert, System.nanoTime() - start);
  }

  private void lookAtShort(InspectedField of, String text) {
    if (texts.isClean(of, text)) {
      return;
    }
    look(of, texts.bytes(text));
    if (clean) {
      texts.rememberClean(of, text);
    }
  }

  private void look(InspectedField of, byte[] text) {
    field = of;
    clean = true;
    Normalizer.Limit hit = normalizer.expand(text, sink);
    if (hit != Normalizer.Limit.NONE) {
      truncated(hit);
    }
  }

  private void truncated(Normalizer.Limit hit) {
    clean = false;
    limit = field.key() + ": " + hit.name().toLowerCase(Locale.ROOT);
  }

  private void match(byte[] view, String chain) {
    PatternHits hits = threats.scan(view);
    if (normalizer.isBinary()) {
      opinion.none();
    } else {
      opinion.look(view, view.length, chain.startsWith(Normalizer.STRINGS));
    }
    if (!hits.isComplete() || !opinion.isComplete()) {
      truncated(Normalizer.Limit.WORK);
    }
    if (InspectedField.NAMES.contains(field)) {
      PatternHits ofNames = names.scan(view);
      if (!ofNames.isComplete()) {
        truncated(Normalizer.Limit.WORK);
      }
      matched(names, ofNames, view, chain);
    }
    if (!hits.any() && !opinion.isSql() && !opinion.isMarkup()) {
      return;
    }
    clean = false;
    matched(threats, hits, view, chain);
    if (opinion.isSql()) {
      SqlOpinion sql = opinion.sql();
      second(BuiltInRules.SQL_SYNTAX, view, sql.place(), chain)
          .attributes(Map.of("shape", sql.shape().key(), "context", sql.context()));
    }
    if (opinion.isMarkup()) {
      MarkupOpinion markup = opinion.markup();
      second(BuiltInRules.MARKUP_ACTIVE, view, markup.place(), chain)
          .attributes(Map.of("shape", markup.shape().key()));
    }
  }

  private void matched(Matching matching, PatternHits hits, byte[] view, String chain) {
    clean &= !hits.any();
    CompiledRules compiled = matching.rules;
    for (int i = compiled.nextHit(hits, 0); i >= 0; i = compiled.nextHit(hits, i + 1)) {
      Rule rule = compiled.rules().get(i);
      if (applies(rule, chain)) {
        Found hit = foundOf(rule);
        hit.confirmed |= opinion.confirms(rule.confirmation());
        if (hit.evidence.size() < MOST_EVIDENCE) {
          hit.evidence.add(evidence(rule, view, hits.end(i), chain));
        }
      }
    }
  }

  private boolean applies(Rule rule, String chain) {
    return rule.fields().contains(field)
        && rule.appliesTo(topic)
        && rule.decode().allows(chain)
        && (!normalizer.isNoise() || rule.readsNoise())
        && (field != InspectedField.JSON || namesPlace(rule))
        && rule.scope().includesTenant(message)
        && rule.scope().includesContent(payload);
  }

  private boolean namesPlace(Rule rule) {
    return rule.scope().paths().stream().anyMatch(path -> path.matches(place));
  }

  /** The values of a JSON payload that rules name, each as a text of its own. */
  private void lookAtPaths() {
    List<JsonPath> paths = rules.threats().paths();
    if (paths.isEmpty() || !JsonStrings.looksLike(payload, payload.length)) {
      return;
    }
    int[] left = {HarmlessField.MOST_COMPARED};
    boolean all =
        JsonLeaves.walk(
            payload,
            (where, from, to) -> {
              left[0] -= paths.size() * (1 + where.size());
              if (left[0] >= 0 && paths.stream().anyMatch(path -> path.matches(where))) {
                left[0] -= COST_OF_VALUE + to - from;
                place = where;
                look(InspectedField.JSON, JsonLeaves.unescaped(payload, from, to));
              }
              return left[0] >= 0;
            });
    if (!all || left[0] < 0) {
      field = InspectedField.JSON;
      truncated(all ? Normalizer.Limit.WORK : Normalizer.Limit.DEPTH);
    }
  }

  private Found second(Rule rule, byte[] view, int place, String chain) {
    Found one = foundOf(rule);
    one.confirmed = true;
    if (one.evidence.size() < MOST_EVIDENCE) {
      one.evidence.add(
          new Evidence(field.key(), chain, place, 0, Excerpt.around(view, place, EXCERPT)));
    }
    return one;
  }

  private Found foundOf(Rule rule) {
    for (Found one : found) {
      if (one.rule.id().equals(rule.id())) {
        return one;
      }
    }
    Found first = new Found(rule);
    found.add(first);
    return first;
  }

  private Evidence evidence(Rule rule, byte[] view, int end, String chain) {
    PayloadPattern.Span span = new PayloadPattern.Span(end, 0);
    if (located++ < MOST_LOCATED) {
      boolean isLong = view.length > LONG_VIEW;
      int from = Math.max(0, end - (isLong ? LOCATE_IN_LONG : LOCATE_BEFORE));
      int to = Math.min(view.length, end + (isLong ? 0 : LOCATE_BEHIND));
      PayloadPattern.Span whole = rule.pattern().find(view, from, to);
      span = whole.exists() ? whole : span;
    }
    return new Evidence(
        field == InspectedField.JSON ? JsonPath.field(place) : field.key(),
        chain,
        span.offset(),
        span.length(),
        Excerpt.around(view, span.offset(), span.length()));
  }

  /**
   * All texts of the properties in one, each a piece of its own; data, which may be binary, not.
   */
  private void lookAtProperties(MessageProperties properties) {
    boolean none =
        properties.getUserProperties().isEmpty()
            && properties.getContentType() == null
            && properties.getResponseTopic() == null;
    if (!none) {
      PropertiesText text = new PropertiesText();
      text.add(properties.getContentType());
      text.add(properties.getResponseTopic());
      for (UserProperty property : properties.getUserProperties()) {
        text.add(property.getName());
        text.add(property.getValue());
      }
      if (text.isCut()) {
        limit = InspectedField.PROPERTIES.key() + ": bytes";
      }
      look(InspectedField.PROPERTIES, text.bytes());
    }
    if (properties.getCorrelationData() != null) {
      look(InspectedField.PROPERTIES, bytes(properties.getCorrelationData()));
    }
  }

  /** The first alert rule that fits, or -1 where none does or the topic is no alert topic. */
  private int alertRule(byte[] payload) {
    List<Rule> candidates = rules.alertValidation().rules();
    PatternHits hits = null;
    for (int i = 0; i < candidates.size(); i++) {
      Rule rule = candidates.get(i);
      if (rule.scope().topics().isEmpty() ? !isAlertTopic() : !rule.appliesTo(topic)) {
        continue;
      }
      if (hits == null) {
        hits = alerts.scan(payload);
        if (!hits.isComplete()) {
          field = InspectedField.PAYLOAD;
          truncated(Normalizer.Limit.WORK);
        }
      }
      if (rules.alertValidation().nextHit(hits, i) == i) {
        return i;
      }
    }
    return -1;
  }

  private boolean isAlertTopic() {
    for (int i = 0; i < alertTopics.size(); i++) { // without an iterator: nothing is allocated
      if (alertTopics.get(i).matches(topic)) {
        return true;
      }
    }
    return false;
  }

  private List<Finding> findings(byte[] payload, int alert, long elapsed) {
    List<Finding> findings = new ArrayList<>(found.size() + 1);
    for (Found one : found) {
      findings.add(finding(one.rule, one.action(), one.evidence, one.attributes, elapsed));
    }
    if (alert >= 0) {
      Rule rule = rules.alertValidation().rules().get(alert);
      if (rule.action() != Action.ALLOW) {
        Evidence evidence =
            new Evidence(
                InspectedField.PAYLOAD.key(),
                Normalizer.RAW,
                0,
                payload.length,
                Excerpt.around(payload, 0, payload.length));
        findings.add(finding(rule, rule.action(), List.of(evidence), Map.of(), elapsed));
      }
    }
    if (limit != null) {
      findings.add(truncated(elapsed));
    }
    return findings;
  }

  private Finding finding(
      Rule rule,
      Action action,
      List<Evidence> evidence,
      Map<String, String> attributes,
      long elapsed) {
    return new Finding(
        rule.id(),
        rules.version() + (rule.version().isEmpty() ? "" : ":" + rule.version()),
        STAGE,
        AnalyticType.RULE,
        rule.severity(),
        action,
        rule.shadow(),
        rule.title(),
        evidence,
        attributes,
        rule.tags(),
        elapsed);
  }

  private Finding truncated(long elapsed) {
    return new Finding(
        TRUNCATED,
        rules.version(),
        STAGE,
        AnalyticType.RULE,
        Severity.MEDIUM,
        exceeded,
        false,
        "Not all encodings of this message were looked into",
        List.of(),
        Map.of("limit", limit),
        List.of(),
        elapsed);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    if (buffer.hasArray()
        && buffer.arrayOffset() == 0
        && buffer.remaining() == buffer.array().length) {
      return buffer.array();
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** What is known of a rule that hit in this message so far. */
  private static final class Found {

    private final Rule rule;
    private final List<Evidence> evidence = new ArrayList<>(1);
    private Map<String, String> attributes = Map.of();
    private boolean confirmed;

    Found(Rule rule) {
      this.rule = rule;
    }

    void attributes(Map<String, String> of) {
      if (attributes.isEmpty()) {
        attributes = of;
      }
    }

    /** What is broad and unconfirmed does not keep a message back. */
    Action action() {
      boolean lowered = !confirmed && rule.action().compareTo(Action.FLAG) > 0;
      return lowered ? Action.FLAG : rule.action();
    }
  }

  /** Rules with what this thread needs to match them. */
  private static final class Matching {

    private final CompiledRules rules;
    private final PatternEngine.Scanner scanner;
    private final PatternHits hits;

    Matching(CompiledRules rules) {
      this.rules = rules;
      this.scanner = rules.engine().scanner();
      this.hits = rules.newHits();
    }

    PatternHits scan(byte[] view) {
      hits.clear();
      scanner.scan(view, view.length, hits);
      return hits;
    }
  }
}
