package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.TopicFilter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The signatures without a service around them: inspects messages that nobody sent, with times. */
public final class SignatureTrial {

  /** So that the times are those of a service that has run for a while. */
  private static final int ROUNDS = 2_000;

  /** What is slow is not repeated for longer, in nanoseconds. */
  private static final long LONGEST = 1_000_000_000;

  private static final List<TopicFilter> ALERTS = List.of(TopicFilter.of("clients/+/alerts"));

  private final RuleSet rules;

  private SignatureTrial(RuleSet rules) {
    this.rules = rules;
  }

  /**
   * Loads the rules.
   *
   * @param place a file or directory of rules; the shipped ones without it
   * @param engine {@code auto}, {@code vectorscan} or {@code java}
   * @throws IllegalArgumentException if there are none or they are bad, a line for each reason
   * @throws IllegalStateException if the engine cannot be had
   * @throws IOException if they cannot be read
   */
  public static SignatureTrial load(Optional<String> place, String engine) throws IOException {
    try {
      Map<String, String> options = Map.of("--engine", engine);
      return new SignatureTrial(
          RuleSet.load(
              RulesArguments.files(place.stream().toList()),
              new RulesArguments(List.of(), options).engine(),
              DecodeLimits.DEFAULT));
    } catch (RuleFileException e) {
      throw new IllegalArgumentException(String.join("\n", e.problems()), e);
    } catch (UsageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Inspects one message after the other.
   *
   * @param messages the same payload, once or more; what any of them is found for is a finding
   */
  public SignatureExplanation explain(List<InspectedMessage> messages) {
    InspectedMessage first = messages.getFirst();
    byte[] payload = bytes(first.getPayload());
    long nanos = whole(first);
    Map<String, Finding> findings = new LinkedHashMap<>();
    PatternInspector inspector = inspector(); // has counted nothing yet for thresholds
    for (InspectedMessage message : messages) {
      for (Finding finding : inspector.inspect(message)) {
        findings.putIfAbsent(finding.getRuleId(), finding);
      }
    }
    List<SignatureExplanation.View> views = new ArrayList<>();
    long decoding = views(payload, views);
    return new SignatureExplanation(
        ContentKind.of(payload).stream().map(kind -> kind.name().toLowerCase(Locale.ROOT)).toList(),
        rules.version(),
        rules.size(),
        rules.engineName(),
        List.copyOf(views),
        decoding,
        nanos,
        List.copyOf(findings.values()));
  }

  private PatternInspector inspector() {
    return new PatternInspector(rules, ALERTS, DecodeLimits.DEFAULT);
  }

  private long whole(InspectedMessage message) {
    PatternInspector inspector = inspector();
    long[] nanos = new long[ROUNDS];
    int rounds = 0;
    for (long spent = 0; rounds < ROUNDS && spent < LONGEST; rounds++) {
      long start = System.nanoTime();
      inspector.inspect(message);
      nanos[rounds] = System.nanoTime() - start;
      spent += nanos[rounds];
    }
    Arrays.sort(nanos, 0, rounds);
    return nanos[rounds / 2];
  }

  /** Decoding and matching apart, view by view; returns the time of decoding. */
  private long views(byte[] payload, List<SignatureExplanation.View> views) {
    PatternEngine.Scanner scanner = rules.threats().engine().scanner();
    PatternHits hits = rules.threats().newHits();
    SecondOpinion opinion = new SecondOpinion();
    Normalizer normalizer = new Normalizer(DecodeLimits.DEFAULT);
    long whole = 0;
    long spent = 0;
    for (int i = 0; i < ROUNDS && spent < LONGEST; i++) {
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
                new SignatureExplanation.View(
                    chain, view.length, count(hits), matched - before, judged - matched));
          });
      whole = System.nanoTime() - start;
      spent += whole;
    }
    return whole
        - views.stream().mapToLong(view -> view.matchingNanos() + view.tokenisingNanos()).sum();
  }

  private static int count(PatternHits hits) {
    int count = 0;
    for (int i = hits.next(0); i >= 0; i = hits.next(i + 1)) {
      count++;
    }
    return count;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
