package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.TopicFilter;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what the inspection of one payload sees, finds and costs. */
final class Explanation {

  /** So that the times are those of a service that has run for a while. */
  private static final int WARM_UP = 2_000;

  private static final List<TopicFilter> ALERTS = List.of(TopicFilter.of("clients/+/alerts"));

  private final RuleSet rules;
  private final PrintStream out;

  Explanation(RuleSet rules, PrintStream out) {
    this.rules = rules;
    this.out = out;
  }

  /** Whether anything was found. */
  boolean print(String topic, byte[] payload) {
    InspectedMessage message = TrialMessage.of(topic, payload);
    PatternInspector inspector = new PatternInspector(rules, ALERTS, DecodeLimits.DEFAULT);
    for (int i = 0; i < WARM_UP; i++) {
      inspector.inspect(message);
    }
    out.printf(
        "payload   %d bytes, %s; rules %s (%d) on %s%n",
        payload.length,
        String.join(" and ", ContentKind.of(payload).stream().map(Explanation::lower).toList()),
        rules.version(),
        rules.size(),
        rules.engineName());
    views(payload);
    long start = System.nanoTime();
    List<Finding> findings = inspector.inspect(message);
    out.printf("inspection of all fields %s%n", micros(System.nanoTime() - start));
    Action strongest = Envelope.strongest(findings);
    out.printf("verdict   %s, %d findings%n", lower(strongest), findings.size());
    findings.forEach(this::print);
    return !findings.isEmpty();
  }

  /** Decoding and matching apart, view by view. */
  private void views(byte[] payload) {
    PatternEngine.Scanner scanner = rules.threats().engine().scanner();
    PatternHits hits = rules.threats().newHits();
    SecondOpinion opinion = new SecondOpinion();
    Normalizer normalizer = new Normalizer(DecodeLimits.DEFAULT);
    List<View> views = new ArrayList<>();
    long whole = 0;
    for (int i = 0; i < WARM_UP; i++) {
      views.clear();
      long start = System.nanoTime();
      normalizer.expand(
          payload,
          (view, chain) -> {
            long before = System.nanoTime();
            hits.clear();
            scanner.scan(view, view.length, hits);
            long matched = System.nanoTime();
            if (normalizer.isBinary()) {
              opinion.none();
            } else {
              opinion.look(view, view.length, chain.startsWith(Normalizer.STRINGS));
            }
            long judged = System.nanoTime();
            views.add(
                new View(chain, view.length, matched - before, judged - matched, count(hits)));
          });
      whole = System.nanoTime() - start;
    }
    long spent = views.stream().mapToLong(view -> view.matching() + view.opinion()).sum();
    for (View view : views) {
      out.printf(
          "view      %-28s %7d bytes, matching %s (%d patterns), tokenisers %s%n",
          view.chain(), view.bytes(), micros(view.matching()), view.hits(), micros(view.opinion()));
    }
    out.printf("decoding  %s for %d views%n", micros(whole - spent), views.size());
  }

  private static int count(PatternHits hits) {
    int count = 0;
    for (int i = hits.next(0); i >= 0; i = hits.next(i + 1)) {
      count++;
    }
    return count;
  }

  private void print(Finding finding) {
    out.printf(
        "finding   %s: %s, %s%s, %s%n          %s%n",
        finding.getRuleId(),
        lower(finding.getAction()),
        lower(finding.getSeverity()),
        finding.getShadow() ? ", shadow" : "",
        String.join(" ", finding.getTags()),
        finding.getTitle());
    finding.getAttributes().forEach((name, value) -> out.printf("          %s: %s%n", name, value));
    for (Evidence evidence : finding.getEvidence()) {
      out.printf(
          "          %s, view %s, byte %d, length %d: %s%n",
          evidence.getField(),
          evidence.getView(),
          evidence.getOffset(),
          evidence.getLength(),
          evidence.getExcerpt());
    }
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%.1f us", nanos / 1000.0);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private record View(String chain, int bytes, long matching, long opinion, int hits) {}
}
