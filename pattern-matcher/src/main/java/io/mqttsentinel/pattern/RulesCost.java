package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Measures rules on this machine: each alone, and all together, on a line of telemetry and on a
 * text in which much looks like the beginning of something.
 */
final class RulesCost {

  private static final int SHOWN = 20;
  private static final int SCANS = 2_000;

  /** There are hundreds of rules: each alone must not take a second. */
  private static final int SCANS_ALONE = 200;

  private static final int ROUNDS = 5;

  private static final byte[] TELEMETRY =
      bytes(
          """
          {"device":"pump-0147","ts":1767225600123,"site":"north-2","fw":"4.12.0","seq":88213,\
          "temperature":21.84,"humidity":47.2,"pressure_hpa":1013.25,"battery_mv":3312,"rssi":-67,\
          "state":"running","alarms":[],"valves":{"inlet":true,"outlet":false},"flow_l_min":12.75,\
          "location":{"lat":48.1374,"lon":11.5755},"uptime_s":864213}\
          """);
  private static final byte[] BUSY =
      bytes(
          "<a 'b \"c ;d |e &f $(g `h ../i {{j ${k <%l or m=1 and n=2 select o from p -- /* # "
              .repeat(4));

  private final RulesArguments given;
  private final PrintStream out;

  RulesCost(RulesArguments given, PrintStream out) {
    this.given = given;
    this.out = out;
  }

  int run() throws IOException {
    int shown = given.number("--top", SHOWN);
    List<RuleFile> files = RuleSet.check(given.files(), DecodeLimits.DEFAULT);
    List<Rule> rules =
        files.stream().flatMap(file -> file.threats().stream()).filter(Rule::enabled).toList();
    EngineChoice choice = given.engine();
    PatternEngine together = new CompiledRules(rules, choice).engine();
    out.printf(
        "%d threat patterns on %s; nanoseconds for one text of %d bytes (telemetry) and %d"
            + " (busy)%n",
        rules.size(), together.name(), TELEMETRY.length, BUSY.length);
    if (together instanceof GatedEngine gated) {
      out.printf(
          "%d patterns, %d of them on texts without special bytes%n",
          gated.patterns(), gated.ordinaryPatterns());
    }
    out.printf("%-36s %10s %10s  %s%n", "rule", "telemetry", "busy", "looked for first");
    print("all together", measure(together, TELEMETRY, SCANS), measure(together, BUSY, SCANS), "");
    List<Cost> costs = new ArrayList<>();
    for (Rule rule : rules) {
      PatternEngine alone = choice.compile(List.of(rule.pattern().undivided()));
      costs.add(new Cost(rule, alone(alone, TELEMETRY), alone(alone, BUSY)));
    }
    costs.sort(Comparator.comparingDouble(Cost::telemetry).reversed());
    costs.stream()
        .limit(shown)
        .forEach(
            cost ->
                print(
                    cost.rule().id(),
                    cost.telemetry(),
                    cost.busy(),
                    RuleLint.literals(cost.rule().pattern())));
    return RulesApplication.SUCCESS;
  }

  private void print(String name, double telemetry, double busy, String literals) {
    out.printf("%-36s %10.0f %10.0f  %s%n", name, telemetry, busy, literals);
  }

  private static double alone(PatternEngine engine, byte[] text) {
    return measure(engine, text, SCANS_ALONE);
  }

  /** The fastest round, in nanoseconds a scan: what disturbs only makes it slower. */
  private static double measure(PatternEngine engine, byte[] text, int scans) {
    PatternEngine.Scanner scanner = engine.scanner();
    PatternHits hits = new PatternHits(engine.patterns());
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < scans; i++) {
        hits.clear();
        scanner.scan(text, text.length, hits);
      }
      best = Math.min(best, (System.nanoTime() - start) / (double) scans);
    }
    return best;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private record Cost(Rule rule, double telemetry, double busy) {}
}
