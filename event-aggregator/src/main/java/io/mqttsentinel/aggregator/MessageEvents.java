package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What analysts are told of a message: the finding that decided, and all others with it. */
final class MessageEvents {

  private static final Comparator<Finding> STRENGTH =
      Comparator.comparing(Finding::getAction).thenComparing(Finding::getSeverity);

  private MessageEvents() {}

  /**
   * @throws IllegalArgumentException if no finding asks for more than to allow the message
   */
  static SecurityEvent of(InspectedMessage message, Action verdict, Instant now) {
    boolean trial = verdict == Action.ALLOW;
    List<Finding> counting =
        message.getFindings().stream()
            .filter(f -> f.getShadow() == trial && f.getAction() != Action.ALLOW)
            .toList();
    Finding strongest = strongest(counting);
    SecurityEvent.Builder event = explained(message, verdict, strongest, now);
    event.setSeverity(trial ? Severity.INFORMATIONAL : highest(counting));
    if (trial) {
      event.setTitle("Rule on trial: " + strongest.getTitle());
      Map<String, String> attributes = new HashMap<>(event.getAttributes());
      attributes.put("trial", "true");
      attributes.put("would_be", lower(strongest.getAction()));
      event.setAttributes(attributes);
    }
    PayloadPrint print = PayloadPrint.of(message.getPayload());
    return event
        .setPayloadSize(print.size())
        .setPayloadSha256(print.sha256())
        .setPayloadExcerpt(print.excerpt())
        .build();
  }

  /** Without a look at the payload, which may be what the failure came from. */
  static SecurityEvent ofFailure(InspectedMessage message, Finding failure, Instant now) {
    return explained(message, Action.QUARANTINE, failure, now)
        .setSeverity(failure.getSeverity())
        .setPayloadSize(message.getPayload().remaining())
        .build();
  }

  private static SecurityEvent.Builder explained(
      InspectedMessage message, Action verdict, Finding because, Instant now) {
    return SecurityEvent.newBuilder()
        .setEventId(
            EventId.ofMessage(message.getClientId(), message.getEpoch(), message.getSequence()))
        .setAt(now)
        .setRegion(message.getRegion())
        .setEdge(message.getEdge())
        .setLayer(layer(because))
        .setType(because.getRuleId())
        .setTitle(because.getTitle())
        .setAction(verdict)
        .setClientId(message.getClientId())
        .setUsername(message.getUsername())
        .setRemoteAddress(message.getRemoteAddress())
        .setTopic(message.getTopic())
        .setEpoch(message.getEpoch())
        .setSequence(message.getSequence())
        .setAcceptedAt(message.getAcceptedAt())
        .setFindings(message.getFindings())
        .setAttributes(
            Map.of(
                "source",
                message.getSource().name().toLowerCase(Locale.ROOT),
                "qos",
                Integer.toString(message.getQos())));
  }

  /** Of two that are as strong, the one found first. */
  private static Finding strongest(List<Finding> findings) {
    Finding strongest = null;
    for (Finding finding : findings) {
      if (strongest == null || STRENGTH.compare(finding, strongest) > 0) {
        strongest = finding;
      }
    }
    if (strongest == null) {
      throw new IllegalArgumentException("no finding explains the verdict");
    }
    return strongest;
  }

  private static Severity highest(List<Finding> findings) {
    return findings.stream().map(Finding::getSeverity).max(Comparator.naturalOrder()).orElseThrow();
  }

  private static SecurityLayer layer(Finding finding) {
    return switch (finding.getStage()) {
      case "pattern-matcher" -> SecurityLayer.SIGNATURE;
      case "anomaly-detector" -> SecurityLayer.ANOMALY;
      case "auth-verifier" ->
          // Who speaks, or what he may say.
          finding.getRuleId().startsWith("session_")
              ? SecurityLayer.AUTHENTICATION
              : SecurityLayer.AUTHORIZATION;
      default ->
          switch (finding.getAnalyticType()) {
            case RULE -> SecurityLayer.SIGNATURE;
            case BEHAVIORAL, STATISTICAL -> SecurityLayer.ANOMALY;
            case POLICY -> SecurityLayer.AUTHORIZATION;
            case UNKNOWN -> SecurityLayer.UNKNOWN;
          };
    };
  }

  private static String lower(Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }
}
