package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Runs the rules over a collection of labelled payloads and counts what they would do to each
 * class: {@code label, class, source, payload in base64}, separated by tabs, with or without a
 * header line, compressed where the name ends in {@code .gz}.
 */
final class RulesEvaluation {

  private static final int COLUMNS = 4;

  private final PatternInspector inspector;
  private final int misses;
  private final Map<String, Outcome> outcomes = new TreeMap<>();

  private RulesEvaluation(RuleSet rules, int misses) {
    this.inspector = new PatternInspector(rules, List.of(), DecodeLimits.DEFAULT);
    this.misses = misses;
  }

  /**
   * Prints the table.
   *
   * @throws UsageException if the arguments are wrong
   */
  static int run(RulesArguments given, PrintStream out) throws IOException {
    Path file = given.onlyFile("file of payloads");
    int misses = given.number("--misses", 0);
    RuleSet rules =
        RuleSet.load(
            RulesArguments.files(given.option("--rules").stream().toList()),
            given.engine(),
            DecodeLimits.DEFAULT);
    RulesEvaluation evaluation = new RulesEvaluation(rules, misses);
    out.printf("%d rules of version %s on %s%n", rules.size(), rules.version(), rules.engineName());
    evaluation.read(file);
    evaluation.print(out);
    return RulesApplication.SUCCESS;
  }

  private void read(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isEmpty() && !(number == 1 && line.startsWith("label\t"))) {
          judge(line, "%s, line %d".formatted(file, number));
        }
      }
    } catch (ZipException e) {
      throw new IOException(
          "'%s' is not compressed with gzip, as its name says: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  private void judge(String line, String where) {
    String[] columns = line.split("\t", -1);
    if (columns.length != COLUMNS || !columns[0].matches("attack|benign")) {
      throw new UsageException(
          "%s: expected four columns: attack or benign, class, source, payload in base64"
              .formatted(where));
    }
    byte[] payload = payload(columns[3], where);
    InspectedMessage message = TrialMessage.of("clients/device/data", payload);
    long start = System.nanoTime();
    List<Finding> findings = inspector.inspect(message);
    long took = System.nanoTime() - start;
    outcomes
        .computeIfAbsent(columns[0] + " " + columns[1], _ -> new Outcome())
        .add(columns[0].equals("attack"), payload, findings, took, misses);
  }

  private static byte[] payload(String base64, String where) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new UsageException("%s: the payload is no base64: %s".formatted(where, e.getMessage()));
    }
  }

  private void print(PrintStream out) {
    out.printf(
        "%-26s %6s %7s %7s %7s %7s %7s %9s%n",
        "class", "count", "block", "quarant", "flag", "pass", "hit %", "us (med.)");
    outcomes.forEach((name, outcome) -> outcome.print(name, out));
    outcomes.forEach(
        (name, outcome) -> outcome.missed.forEach(miss -> out.println(name + "\t" + miss)));
  }

  /** What happened to the payloads of one class. */
  private static final class Outcome {

    private final Map<Action, Integer> counts = new EnumMap<>(Action.class);
    private final List<Long> nanos = new ArrayList<>();
    private final List<String> missed = new ArrayList<>();

    void add(boolean attack, byte[] payload, List<Finding> findings, long took, int misses) {
      Action action = Envelope.strongest(findings);
      counts.merge(action, 1, Integer::sum);
      nanos.add(took);
      if (attack == (action == Action.ALLOW) && missed.size() < misses) {
        String rules = String.join(",", findings.stream().map(Finding::getRuleId).toList());
        missed.add(rules + "\t" + Excerpt.around(payload, 0, payload.length));
      }
    }

    void print(String name, PrintStream out) {
      int total = nanos.size();
      int passed = counts.getOrDefault(Action.ALLOW, 0);
      nanos.sort(null);
      out.printf(
          "%-26s %6d %7d %7d %7d %7d %7.2f %9.1f%n",
          name,
          total,
          counts.getOrDefault(Action.BLOCK, 0),
          counts.getOrDefault(Action.QUARANTINE, 0),
          counts.getOrDefault(Action.FLAG, 0),
          passed,
          100.0 * (total - passed) / total,
          nanos.get(total / 2) / 1000.0);
    }
  }
}
