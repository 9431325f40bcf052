package io.mqttsentinel.allinone;

import io.mqttsentinel.anomaly.AnomalyTrial;
import io.mqttsentinel.pattern.SignatureTrial;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** {@code ./sentinel inspect}: signatures and anomalies of one payload, explained. */
public final class InspectApplication {

  private static final int CLEAN = 0;
  private static final int FOUND = 1;
  private static final int WRONG_USE = 2;
  private static final String HELP =
      """
      usage: ./sentinel inspect FILE|- [options]

        Inspects one payload (- reads standard input) as the pattern matcher and then the anomaly
        detector do. Prints the views that it is decoded to, which rules and detectors fire, in
        which view and at which byte, what was expected and what was observed, the time of each
        step on this machine, and the verdict: the strongest action.

        --topic TOPIC       the topic it is published to (clients/CLIENT/data)
        --client ID         the client that publishes it (device)
        --username NAME     its user name (none)
        --content-type TYPE the property of MQTT 5 (none)
        --tenant NAME       the tenant of the client, for rules with a scope (none)
        --rules PLACE       a file or directory of rules in place of the shipped ones
        --engine auto|vectorscan|java   (auto)

        --history PLACE     earlier payloads of the client, from which its baseline is learned: a
                            directory (one file each, by name) or a file (one in each line). Without
                            it only fixed limits count
        --history-topic TOPIC   of the earlier payloads (that of --topic)
        --every TIME        between two messages: 500ms, 10s, 5m (10s)
        --repeat N          sends the payload N times: most detectors want several in a row (1)
        --rate N            sends it N times a second, and N times without --repeat

        --json              one JSON object in place of text, times in nanoseconds

        Limits and modes of detectors are those of the service's configuration, for instance
        SENTINEL_ANOMALY_DETECTOR_PAYLOAD_LIMIT. Hours, addresses, connections, silence and what all
        clients do together are not judged here.

      exit code: 0 nothing was found, 1 something was, 2 wrong usage, or the payload, the history or
      the rules cannot be read
      """;

  private InspectApplication() {}

  /** Exits with 0 if nothing was found, 1 if something was, or 2 if that could not be said. */
  public static void main(String[] args) {
    System.exit(run(Arrays.asList(args), System.in, System.out, System.err));
  }

  static int run(List<String> words, InputStream in, PrintStream out, PrintStream err) {
    if (words.contains("--help") || words.contains("-h")) {
      out.print(HELP);
      return CLEAN;
    }
    try {
      InspectArguments given = InspectArguments.parse(words);
      InspectReport report = report(given, in);
      if (given.json()) {
        out.println(InspectJson.of(report));
      } else {
        new InspectText(out).print(report);
      }
      return report.findings().isEmpty() ? CLEAN : FOUND;
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      String.valueOf(e.getMessage())
          .lines()
          .forEach(line -> err.println("sentinel inspect: " + line));
      return WRONG_USE;
    }
  }

  private static InspectReport report(InspectArguments given, InputStream in) throws IOException {
    InspectMessages messages = InspectMessages.read(given, in, Instant.now());
    SignatureTrial signatures = SignatureTrial.load(given.rules(), given.engine()); // takes longer
    AnomalyTrial anomalies = AnomalyTrial.configured();
    messages.earlier().forEach(anomalies::learn);
    return new InspectReport(
        messages.trial().getFirst(),
        messages.trial().size(),
        signatures.explain(messages.trial()),
        anomalies.judge(messages.trial()));
  }
}
