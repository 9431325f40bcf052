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
import java.nio.charset.StandardCharsets;
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
  private static final int MOST_PROPERTIES_BYTES = 256 * 1024;

  /** Bytes before and behind the end of a match in which the whole of it is sought. */
  private static final int LOCATE_BEFORE = 512;

  private static final int LOCATE_BEHIND = 128;

  /** Such searches for one message; where more is found the end of the match must do. */
  private static final int MOST_LOCATED = 16;

  private final RuleSet rules;
  private final List<TopicFilter> alertTopics;
  private final Normalizer normalizer;
  private final Matching threats;
  private final Matching names;
  private final Matching alerts;

  private final List<Found> found = new ArrayList<>();
  private final Thresholds thresholds = new Thresholds();
  private InspectedMessage message;
  private byte[] payload;
  private List<String> place;
  private String topic;
  private int located;
  private String limit;

  PatternInspector(RuleSet rules, List<TopicFilter> alertTopics, DecodeLimits limits) {
    this.rules = rules;
    this.alertTopics = alertTopics;
    this.normalizer = new Normalizer(limits);
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
    look(InspectedField.TOPIC, topic.getBytes(StandardCharsets.UTF_8));
    look(InspectedField.CLIENT_ID, message.getClientId().getBytes(StandardCharsets.UTF_8));
    if (message.getUsername() != null) {
      look(InspectedField.USERNAME, message.getUsername().getBytes(StandardCharsets.UTF_8));
    }
    lookAtProperties(message.getProperties());
    int alert = alertRule(whole);
    found.removeIf(one -> one.rule.threshold() != null && !thresholds.reached(one.rule, message));
    if (found.isEmpty() && limit == null && alert < 0) {
      return List.of();
    }
    return findings(whole, alert, System.nanoTime() - start);
  }

  private void look(InspectedField field, byte[] text) {
    Normalizer.Limit hit = normalizer.expand(text, (view, chain) -> match(field, view, chain));
    if (hit != Normalizer.Limit.NONE) {
      limit = field.key() + ": " + hit.name().toLowerCase(Locale.ROOT);
    }
  }

  private void match(InspectedField field, byte[] view, String chain) {
    match(threats, field, view, chain);
    if (InspectedField.NAMES.contains(field)) {
      match(names, field, view, chain);
    }
  }

  private void match(Matching matching, InspectedField field, byte[] view, String chain) {
    PatternHits hits = matching.scan(view);
    if (!hits.isComplete()) {
      limit = field.key() + ": work";
    }
    if (!hits.any()) {
      return;
    }
    CompiledRules compiled = matching.rules;
    for (int i = compiled.nextHit(hits, 0); i >= 0; i = compiled.nextHit(hits, i + 1)) {
      Rule rule = compiled.rules().get(i);
      if (applies(rule, field, chain)) {
        List<Evidence> evidence = evidenceOf(rule);
        if (evidence.size() < MOST_EVIDENCE) {
          evidence.add(evidence(rule, field, view, hits.end(i), chain));
        }
      }
    }
  }

  private boolean applies(Rule rule, InspectedField field, String chain) {
    return rule.fields().contains(field)
        && rule.appliesTo(topic)
        && rule.decode().allows(chain)
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
    JsonLeaves.walk(
        payload,
        (where, from, to) -> {
          if (paths.stream().anyMatch(path -> path.matches(where))) {
            place = where;
            look(InspectedField.JSON, JsonLeaves.unescaped(payload, from, to));
          }
        });
  }

  private List<Evidence> evidenceOf(Rule rule) {
    for (Found one : found) {
      if (one.rule.id().equals(rule.id())) {
        return one.evidence;
      }
    }
    Found first = new Found(rule, new ArrayList<>(1));
    found.add(first);
    return first.evidence;
  }

  private Evidence evidence(Rule rule, InspectedField field, byte[] view, int end, String chain) {
    PayloadPattern.Span span = new PayloadPattern.Span(end, 0);
    if (located++ < MOST_LOCATED) {
      int from = Math.max(0, end - LOCATE_BEFORE);
      int to = Math.min(view.length, end + LOCATE_BEHIND);
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

  /** All texts of the properties in one, a line each. */
  private void lookAtProperties(MessageProperties properties) {
    boolean none =
        properties.getUserProperties().isEmpty()
            && properties.getContentType() == null
            && properties.getResponseTopic() == null
            && properties.getCorrelationData() == null;
    if (none) {
      return;
    }
    ByteBuilder text = new ByteBuilder();
    text.reset(MOST_PROPERTIES_BYTES);
    addLine(text, properties.getContentType());
    addLine(text, properties.getResponseTopic());
    for (UserProperty property : properties.getUserProperties()) {
      addLine(text, property.getName());
      addLine(text, property.getValue());
    }
    if (properties.getCorrelationData() != null) {
      byte[] data = bytes(properties.getCorrelationData());
      text.add(data, 0, data.length);
    }
    if (text.isCut()) {
      limit = InspectedField.PROPERTIES.key() + ": bytes";
    }
    look(InspectedField.PROPERTIES, text.copy());
  }

  private static void addLine(ByteBuilder text, String line) {
    if (line != null) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      text.add(bytes, 0, bytes.length);
      text.add('\n');
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
      }
      if (rules.alertValidation().nextHit(hits, i) == i) {
        return i;
      }
    }
    return -1;
  }

  private boolean isAlertTopic() {
    for (TopicFilter filter : alertTopics) {
      if (filter.matches(topic)) {
        return true;
      }
    }
    return false;
  }

  private List<Finding> findings(byte[] payload, int alert, long elapsed) {
    List<Finding> findings = new ArrayList<>(found.size() + 1);
    found.forEach(one -> findings.add(finding(one.rule, one.evidence, elapsed)));
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
        findings.add(finding(rule, List.of(evidence), elapsed));
      }
    }
    if (limit != null) {
      findings.add(truncated(elapsed));
    }
    return findings;
  }

  private Finding finding(Rule rule, List<Evidence> evidence, long elapsed) {
    return new Finding(
        rule.id(),
        rules.version() + (rule.version().isEmpty() ? "" : ":" + rule.version()),
        STAGE,
        AnalyticType.RULE,
        rule.severity(),
        rule.action(),
        rule.shadow(),
        rule.title(),
        evidence,
        Map.of(),
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
        Action.FLAG,
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

  /** The evidence that a rule has in this message so far. */
  private record Found(Rule rule, List<Evidence> evidence) {}

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
