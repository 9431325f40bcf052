package io.mqttsentinel.allinone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mqttsentinel.anomaly.AnomalyExplanation;
import io.mqttsentinel.pattern.SignatureExplanation;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.util.Locale;

/** A report for programs: one object of JSON. Times are in nanoseconds. */
final class InspectJson {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private InspectJson() {}

  static String of(InspectReport report) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("verdict", lower(report.verdict()));
    root.put("nanos", report.nanos());
    ObjectNode message = root.putObject("message");
    message.put("topic", report.message().getTopic());
    message.put("client", report.message().getClientId());
    message.put("bytes", report.message().getPayload().remaining());
    message.put("sent", report.sent());
    signatures(root.putObject("signatures"), report.signatures());
    anomalies(root.putObject("anomalies"), report.anomalies());
    ArrayNode findings = root.putArray("findings");
    report.findings().forEach(finding -> finding(findings.addObject(), finding));
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers can be written", e);
    }
  }

  private static void signatures(ObjectNode node, SignatureExplanation signatures) {
    node.put("version", signatures.version());
    node.put("rules", signatures.rules());
    node.put("engine", signatures.engine());
    ArrayNode kinds = node.putArray("content");
    signatures.kinds().forEach(kinds::add);
    node.put("nanos", signatures.nanos());
    node.put("decodingNanos", signatures.decodingNanos());
    ArrayNode views = node.putArray("views");
    for (SignatureExplanation.View view : signatures.views()) {
      ObjectNode one = views.addObject();
      one.put("view", view.chain());
      one.put("bytes", view.bytes());
      one.put("patterns", view.patterns());
      one.put("matchingNanos", view.matchingNanos());
      one.put("tokenisingNanos", view.tokenisingNanos());
    }
  }

  private static void anomalies(ObjectNode node, AnomalyExplanation anomalies) {
    node.put("version", anomalies.version());
    node.put("learned", anomalies.learned());
    node.put("needed", anomalies.needed());
    node.put("baseline", anomalies.hasBaseline());
    node.put("raiseAfter", anomalies.raiseAfter());
    node.put("nanos", anomalies.nanos());
    ArrayNode detectors = node.putArray("detectors");
    for (AnomalyExplanation.Step step : anomalies.steps()) {
      ObjectNode one = detectors.addObject();
      one.put("rule", step.rule());
      one.put("unusual", step.unusual().isPresent());
      one.put("finding", step.isFinding());
      one.put("nanos", step.nanos());
      step.unusual()
          .ifPresent(why -> why.getAttributes().forEach(one.putObject("explanation")::put));
    }
  }

  private static void finding(ObjectNode node, Finding finding) {
    node.put("rule", finding.getRuleId());
    node.put("version", finding.getRuleVersion());
    node.put("stage", finding.getStage());
    node.put("action", lower(finding.getAction()));
    node.put("severity", lower(finding.getSeverity()));
    node.put("shadow", finding.getShadow());
    node.put("title", finding.getTitle());
    ArrayNode tags = node.putArray("tags");
    finding.getTags().forEach(tags::add);
    ObjectNode attributes = node.putObject("attributes");
    finding.getAttributes().forEach(attributes::put);
    ArrayNode evidence = node.putArray("evidence");
    for (Evidence one : finding.getEvidence()) {
      ObjectNode place = evidence.addObject();
      place.put("field", one.getField());
      place.put("view", one.getView());
      place.put("offset", one.getOffset());
      place.put("length", one.getLength());
      place.put("excerpt", one.getExcerpt());
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
