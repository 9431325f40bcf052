package io.mqttsentinel.allinone;

import io.mqttsentinel.anomaly.AnomalyExplanation;
import io.mqttsentinel.pattern.SignatureExplanation;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** Prints a report for people. */
final class InspectText {

  private final PrintStream out;

  InspectText(PrintStream out) {
    this.out = out;
  }

  void print(InspectReport report) {
    SignatureExplanation signatures = report.signatures();
    out.printf(
        "payload   %d bytes, %s%s; topic %s, client %s%n",
        report.message().getPayload().remaining(),
        String.join(" and ", signatures.kinds()),
        report.sent() > 1 ? ", sent %d times".formatted(report.sent()) : "",
        printable(report.message().getTopic()),
        printable(report.message().getClientId()));
    out.printf(
        "rules     %s (%d) on %s%n", signatures.version(), signatures.rules(), signatures.engine());
    signatures.views().forEach(this::print);
    out.printf(
        "decoding  %s for %d views%n",
        micros(signatures.decodingNanos()), signatures.views().size());
    out.printf("signatures of all fields %s%n", micros(signatures.nanos()));
    print(report.anomalies());
    out.printf(
        "verdict   %s, %d findings, %s%n",
        lower(report.verdict()), report.findings().size(), micros(report.nanos()));
    report.findings().forEach(this::print);
  }

  private void print(SignatureExplanation.View view) {
    out.printf(
        "view      %-28s %7d bytes, matching %s (%d patterns), tokenisers %s%n",
        view.chain(),
        view.bytes(),
        micros(view.matchingNanos()),
        view.patterns(),
        micros(view.tokenisingNanos()));
  }

  private void print(AnomalyExplanation anomalies) {
    out.printf(
        "baseline  %d earlier messages of the client%s%n",
        anomalies.learned(),
        anomalies.hasBaseline()
            ? ""
            : "; below %d only fixed limits count (--history)".formatted(anomalies.needed()));
    for (AnomalyExplanation.Step step : anomalies.steps()) {
      out.printf(
          "detector  %-28s %s, %s%n",
          step.rule(), outcome(step, anomalies.raiseAfter()), micros(step.nanos()));
      if (!step.isFinding()) {
        step.unusual().ifPresent(why -> facts(why.getAttributes()));
      }
    }
    out.printf("anomalies by version %s %s%n", anomalies.version(), micros(anomalies.nanos()));
  }

  private static String outcome(AnomalyExplanation.Step step, int raiseAfter) {
    if (step.isFinding()) {
      return "finding";
    }
    return step.unusual().isPresent()
        ? "unusual, no finding: that takes %d in a row, not reported lately".formatted(raiseAfter)
        : "nothing unusual";
  }

  private void print(Finding finding) {
    out.printf(
        "finding   %s: %s, %s%s%s, by %s %s%n          %s%n",
        finding.getRuleId(),
        lower(finding.getAction()),
        lower(finding.getSeverity()),
        finding.getShadow() ? ", shadow" : "",
        finding.getTags().isEmpty() ? "" : ", " + String.join(" ", finding.getTags()),
        finding.getStage(),
        finding.getRuleVersion(),
        finding.getTitle());
    facts(finding.getAttributes());
    for (Evidence evidence : finding.getEvidence()) {
      out.printf(
          "          %s, view %s, byte %d, length %d%s%n",
          evidence.getField(),
          evidence.getView(),
          evidence.getOffset(),
          evidence.getLength(),
          evidence.getExcerpt().isEmpty() ? "" : ": " + evidence.getExcerpt());
    }
  }

  private void facts(Map<String, String> attributes) {
    attributes.forEach((name, value) -> out.printf("          %s: %s%n", name, value));
  }

  /** A name may hold what a terminal obeys. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%.1f us", nanos / 1000.0);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
