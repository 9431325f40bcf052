package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.TopicFilter;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Looks at every field of a message in all its views with one set of rules. Used by one thread at a
 * time; a new set of rules needs a new inspector.
 */
final class PatternInspector {

  static final String STAGE = "pattern-matcher";
  static final String TRUNCATED = "inspection_truncated";

  /** Of a value of JSON that is looked at alone, in compared steps. */
  private static final int COST_OF_VALUE = 256;

  /** Of the time that is left, for a view that others may follow. */
  private static final double SHARE_OF_VIEW = 0.5;

  private final RuleSet rules;
  private final TimeBudget budget;
  private final Normalizer normalizer;
  private final RuleScan threats;
  private final RuleScan names;
  private final AlertRules alerts;
  private final PatternFindings findings;
  private final TextParts parts;

  private final SecondOpinion opinion = new SecondOpinion();
  private final FieldTexts texts = new FieldTexts();
  private final Normalizer.ViewSink sink = this::match;
  private final MessageHits found = new MessageHits();
  private final Exceptions exceptions = new Exceptions();
  private final FurtherMatches further;
  private final Thresholds thresholds = new Thresholds();
  private InspectedMessage message;
  private byte[] payload;
  private List<JsonStep> place;
  private InspectedField field;
  private boolean clean;
  private String topic;
  private String limit;

  PatternInspector(RuleSet rules, List<TopicFilter> alertTopics, DecodeLimits limits) {
    this(rules, alertTopics, limits, new TimeBudget(limits));
  }

  PatternInspector(
      RuleSet rules, List<TopicFilter> alertTopics, DecodeLimits limits, TimeBudget budget) {
    this.rules = rules;
    this.budget = budget;
    this.normalizer = new Normalizer(limits, budget);
    this.threats = new RuleScan(rules.threats());
    this.names = new RuleScan(rules.names());
    this.alerts = new AlertRules(rules.alertValidation(), alertTopics);
    this.parts = new TextParts(threats, opinion, budget);
    this.further =
        new FurtherMatches(
            budget, Math.max(rules.threats().rules().size(), rules.names().rules().size()));
    this.findings = new PatternFindings(rules.version(), limits.exceeded());
  }

  RuleSet rules() {
    return rules;
  }

  /** What the rules have to say of a message; empty for nothing. */
  List<Finding> inspect(InspectedMessage inspected) {
    long start = System.nanoTime();
    found.clear();
    exceptions.reset();
    further.reset();
    budget.reset();
    message = inspected;
    topic = message.getTopic();
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
    budget.reset();
    lookAtProperties(message.getProperties());
    Rule alert = alerts.first(whole, topic);
    if (!alerts.isComplete()) {
      field = InspectedField.PAYLOAD;
      truncated(Normalizer.Limit.WORK);
    }
    found.dropBelow(thresholds, message);
    if (found.isEmpty() && limit == null && alert == null) {
      return List.of();
    }
    return findings.of(found, alert, whole, limit, System.nanoTime() - start);
  }

  private void lookAtShort(InspectedField of, String text) {
    if (texts.isClean(of, text)) {
      return;
    }
    budget.reset(); // whatever the payload and other names took, each name is looked at
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
    boolean timed = budget.isRunning();
    if (timed ? parts.fits(view, share()) : budget.allowsWhole(view, found.isBlocked())) {
      matchWhole(view, chain);
    } else {
      truncated(timed ? Normalizer.Limit.TIME : Normalizer.Limit.WORK);
      matchParts(view, chain);
      if (!timed && budget.isSpent() && found.isBlocked()) {
        normalizer.end(); // short texts are all that could be added
      }
    }
  }

  /** Something is kept for the views that follow, where there may be any. */
  private double share() {
    return normalizer.isLast() ? 1 : SHARE_OF_VIEW;
  }

  private void matchWhole(byte[] view, String chain) {
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
      matched(names, ofNames, view, chain, null);
    }
    if (!hits.any() && !opinion.isSql() && !opinion.isMarkup()) {
      return;
    }
    clean = false;
    matched(threats, hits, view, chain, null);
    if (opinion.isSql()) {
      found.addSql(opinion.sql(), field.key(), view, 0, chain);
    }
    if (opinion.isMarkup()) {
      found.addMarkup(opinion.markup(), field.key(), view, 0, chain);
    }
  }

  /**
   * Looks at the parts that differ most from the others, as long as there is time. What quotes
   * stand open at the edge of a part is not known: as in binary data, only what has words of SQL
   * counts.
   */
  private void matchParts(byte[] view, String chain) {
    boolean named = InspectedField.NAMES.contains(field);
    TextPart part = parts.first(view, share(), found.isBlocked());
    threats.begin();
    names.begin();
    opinion.none();
    for (; part != null; part = parts.next()) {
      threats.add(part);
      if (named) {
        names.add(part);
      }
      if (!normalizer.isBinary()) {
        boolean wasSql = opinion.isSql();
        boolean wasMarkup = opinion.isMarkup();
        opinion.lookOn(part.bytes(), part.length(), true);
        if (opinion.isSql() && !wasSql) {
          found.addSql(opinion.sql(), field.key(), view, part.base(), chain);
        }
        if (opinion.isMarkup() && !wasMarkup) {
          found.addMarkup(opinion.markup(), field.key(), view, part.base(), chain);
        }
      }
    }
    matched(names, names.hits(), view, chain, parts.taken());
    matched(threats, threats.hits(), view, chain, parts.taken());
  }

  /**
   * @param blocks that were looked at; null for the whole view
   */
  private void matched(RuleScan scan, PatternHits hits, byte[] view, String chain, BitSet blocks) {
    clean &= !hits.any();
    List<Rule> rules = scan.rules().rules();
    for (int i = hits.next(0); i >= 0; i = hits.next(i + 1)) {
      Rule rule = rules.get(i);
      boolean known = blocks != null && found.isSettled(rule); // long texts are not for evidence
      if (known || !applies(rule, chain)) {
        continue;
      }
      Action most = opinion.confirms(rule.confirmation()) ? Action.BLOCK : Action.FLAG;
      PayloadPattern.Span match = new PayloadPattern.Span(hits.end(i), 0);
      if (rule.notMatch() != null) {
        match = exceptions.match(rule, view, hits.end(i));
        if (!exceptions.isSure()) {
          boolean matters = most == Action.BLOCK && rule.action().compareTo(Action.FLAG) > 0;
          if (matters && !rule.exceptsAnywhere() && !found.isBlocked()) {
            further.ask(i, match);
            continue;
          }
          most = Action.FLAG;
        }
      }
      if (match.exists()) {
        found.add(rule, most, fieldName(), view, match, chain);
      }
    }
    if (further.isAsked()) {
      lookOn(scan, view, chain, blocks);
    }
  }

  /** Behind matches that may be excepted, unless the message is blocked in any case. */
  private void lookOn(RuleScan scan, byte[] view, String chain, BitSet blocks) {
    List<Rule> rules = scan.rules().rules();
    FurtherMatches.Outcome add =
        (i, match, most) -> found.add(rules.get(i), most, fieldName(), view, match, chain);
    if (found.isBlocked()) {
      further.leave(add);
    } else if (!further.seek(scan, view, blocks, add)) {
      truncated(Normalizer.Limit.TIME);
    }
  }

  private String fieldName() {
    return field == InspectedField.JSON ? JsonPath.field(place) : field.key();
  }

  private boolean applies(Rule rule, String chain) {
    return rule.fields().contains(field)
        && rule.appliesTo(topic)
        && rule.decode().allows(chain)
        && (!normalizer.isNoise() || rule.readsNoise())
        && (field != InspectedField.JSON || namesPlace(rule))
        && rule.scope().includesTenant(message)
        && (rule.scope().includesContent(payload)
            || (isOpened(chain) && rule.scope().includesText()));
  }

  /** A text that was compressed or of two bytes a character: what it was in is no text. */
  private boolean isOpened(String chain) {
    return !normalizer.isBinary() && (chain.startsWith("inflated") || chain.startsWith("utf16"));
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

  /**
   * All texts of the properties in one, each a piece of its own; data, which may be binary, not.
   */
  private void lookAtProperties(MessageProperties properties) {
    if (PropertiesText.isIn(properties)) {
      PropertiesText text = PropertiesText.of(properties);
      if (text.isCut()) {
        limit = InspectedField.PROPERTIES.key() + ": bytes";
      }
      look(InspectedField.PROPERTIES, text.bytes());
    }
    if (properties.getCorrelationData() != null) {
      look(InspectedField.PROPERTIES, bytes(properties.getCorrelationData()));
    }
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
}
