package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.KnownSession;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Permissions;
import io.mqttsentinel.schemas.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a session was allowed to send a message when an edge accepted it. */
final class SessionCheck {

  static final String SESSION_UNKNOWN = "session_unknown";
  static final String SESSION_CLOSED = "session_closed";
  static final String SESSION_SUPERSEDED = "session_superseded";
  static final String GRANT_EXPIRED = "grant_expired";
  static final String TOPIC_NOT_PERMITTED = "topic_not_permitted";
  static final String INSPECTION_FAILED = "inspection_failed";

  private final Duration grace;

  SessionCheck(Duration grace) {
    this.grace = grace;
  }

  /**
   * All that speaks against the message.
   *
   * @throws IllegalArgumentException if the session's grant holds a topic filter that is not valid
   */
  List<Finding> of(InspectedMessage message, KnownSession session) {
    List<Finding> findings = new ArrayList<>(0);
    if (message.getSource() != MessageSource.WILL) {
      checkTimes(message.getAcceptedAt(), session, findings);
    }
    boolean saysAll = !session.getSuperuser() && !session.getAsksForTopics();
    if (saysAll
        && !Permissions.of(session.getPermissions())
            .mayPublish(message.getTopic(), message.getQos(), message.getRetain())) {
      findings.add(topicNotPermitted(message.getTopic()));
    }
    return findings;
  }

  /** For a message whose session did not become known. */
  Finding unknown(InspectedMessage message) {
    return finding(
        SESSION_UNKNOWN,
        Severity.HIGH,
        "Sent in the name of a session that nobody opened",
        Map.of("epoch", Long.toString(message.getEpoch())));
  }

  /** For a message that {@link #of} failed on: it must not pass, and must not be lost. */
  static Finding failed(RuntimeException cause) {
    return Finding.newBuilder(
            finding(
                INSPECTION_FAILED,
                Severity.HIGH,
                "The session could not be verified; the message waits for an analyst",
                Map.of("failure", cause.getClass().getSimpleName())))
        .setAction(Action.QUARANTINE)
        .build();
  }

  private void checkTimes(Instant acceptedAt, KnownSession session, List<Finding> findings) {
    if (isOver(session.getSupersededAt(), acceptedAt)) {
      findings.add(
          tooLate(
              SESSION_SUPERSEDED,
              Severity.HIGH,
              "Sent by a connection whose client id another connection had taken over",
              session.getSupersededAt(),
              acceptedAt));
    } else if (isOver(session.getClosedAt(), acceptedAt)) {
      findings.add(
          tooLate(
              SESSION_CLOSED,
              Severity.HIGH,
              "Sent by a connection that had ended",
              session.getClosedAt(),
              acceptedAt));
    }
    if (isOver(session.getGrantExpiresAt(), acceptedAt)) {
      findings.add(
          tooLate(
              GRANT_EXPIRED,
              Severity.MEDIUM,
              "Sent after the permission to be connected had run out",
              session.getGrantExpiresAt(),
              acceptedAt));
    }
  }

  private boolean isOver(Instant end, Instant acceptedAt) {
    return end != null && acceptedAt.isAfter(end.plus(grace));
  }

  private Finding tooLate(
      String rule, Severity severity, String title, Instant end, Instant acceptedAt) {
    Map<String, String> why = new LinkedHashMap<>();
    why.put("expected", "accepted by " + end);
    why.put("observed", "accepted at " + acceptedAt);
    why.put("threshold", grace.toString());
    return finding(rule, severity, title, why);
  }

  private static Finding topicNotPermitted(String topic) {
    Finding finding =
        finding(
            TOPIC_NOT_PERMITTED,
            Severity.HIGH,
            "Sent to a topic that the session may not publish to",
            Map.of());
    int bytes = topic.getBytes(StandardCharsets.UTF_8).length;
    finding.setEvidence(List.of(new Evidence("topic", "raw", 0, bytes, "")));
    return finding;
  }

  private static Finding finding(
      String rule, Severity severity, String title, Map<String, String> attributes) {
    return Finding.newBuilder()
        .setRuleId(rule)
        .setStage(AuthVerifierApplication.SERVICE)
        .setAnalyticType(AnalyticType.POLICY)
        .setSeverity(severity)
        .setAction(Action.BLOCK)
        .setTitle(title)
        .setAttributes(attributes)
        .build();
  }
}
