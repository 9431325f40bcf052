package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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

/**
 * Runs the rules over a collection of labelled payloads and counts what they would do to each
 * class: {@code label, class, source, payload in base64}, separated by tabs, with or without a
 * header line, compressed where the name ends in {@code .gz}.
 */
public final class RulesEvaluation {

  private static final int COLUMNS = 4;
  private static final String USAGE =
      "usage: FILE.tsv[.gz] [--misses N] [--rules DIRECTORY] [--engine auto|vectorscan|java]";

  private final PatternInspector inspector;
  private final int misses;
  private final Map<String, Outcome> outcomes = new TreeMap<>();

  private RulesEvaluation(RuleSet rules, int misses) {
    this.inspector = new PatternInspector(rules, List.of(), DecodeLimits.DEFAULT);
    this.misses = misses;
  }

  /** Prints the table; ends with 2 where the arguments are wrong. */
  public static void main(String[] args) throws IOException {
    if (args.length % 2 == 0) {
      System.err.println(USAGE);
      System.exit(2);
    }
    Map<String, String> options = new TreeMap<>();
    for (int i = 1; i < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    String engine = options.getOrDefault("--engine", "auto");
    RuleSet rules =
        RuleSet.load(
            RuleSource.of(options.getOrDefault("--rules", RuleSource.SHIPPED)).read(),
            EngineChoice.of(engine).orElseThrow(() -> new IllegalArgumentException(USAGE)),
            DecodeLimits.DEFAULT);
    RulesEvaluation evaluation =
        new RulesEvaluation(rules, Integer.parseInt(options.getOrDefault("--misses", "0")));
    System.out.printf(
        "%d rules of version %s on %s%n", rules.size(), rules.version(), rules.engineName());
    evaluation.run(Path.of(args[0]));
    evaluation.print(System.out);
  }

  private void run(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      lines.lines().filter(line -> !line.startsWith("label\t")).forEach(this::judge);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void judge(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != COLUMNS) {
      throw new IllegalArgumentException(
          "'%s' has %d columns, expected label, class, source, payload_base64"
              .formatted(line, columns.length));
    }
    byte[] payload = Base64.getDecoder().decode(columns[3]);
    InspectedMessage message = new InspectedMessage();
    message.setClientId("device");
    message.setTopic("clients/device/data");
    message.setPayload(ByteBuffer.wrap(payload));
    message.setProperties(new MessageProperties(null, null, null, null, null, List.of()));
    long start = System.nanoTime();
    List<Finding> findings = inspector.inspect(message);
    long took = System.nanoTime() - start;
    outcomes
        .computeIfAbsent(columns[0] + " " + columns[1], _ -> new Outcome())
        .add(columns[0].equals("attack"), payload, findings, took, misses);
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
