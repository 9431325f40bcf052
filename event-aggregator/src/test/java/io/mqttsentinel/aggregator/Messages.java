package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Schemas;
import io.mqttsentinel.schemas.Severity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records as the stages before the aggregator write them. */
final class Messages {

  static final Instant ACCEPTED = Instant.parse("2026-05-04T10:00:00.000001Z");

  static {
    // Vouches for the generated classes, which a topology does when it makes its serdes.
    Schemas.published(InspectedMessage.class);
  }

  private Messages() {}

  static InspectedMessage message(String clientId, long sequence, Finding... findings) {
    return message(clientId, sequence, "hello", findings);
  }

  static InspectedMessage message(
      String clientId, long sequence, String payload, Finding... findings) {
    return InspectedMessage.newBuilder()
        .setEpoch(7)
        .setSequence(sequence)
        .setSource(MessageSource.DEVICE)
        .setRegion("local")
        .setEdge("edge-0")
        .setClientId(clientId)
        .setUsername("alice")
        .setRemoteAddress("10.0.0.7:40000")
        .setTopic("clients/" + clientId + "/up")
        .setPayload(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)))
        .setQos(1)
        .setProperties(MessageProperties.newBuilder().build())
        .setAcceptedAt(ACCEPTED)
        .setFindings(List.of(findings))
        .build();
  }

  static Finding finding(String ruleId, Action action, Severity severity) {
    return Finding.newBuilder()
        .setRuleId(ruleId)
        .setRuleVersion("1")
        .setStage("pattern-matcher")
        .setAnalyticType(AnalyticType.RULE)
        .setSeverity(severity)
        .setAction(action)
        .setTitle("Title of " + ruleId)
        .setEvidence(List.of(new Evidence("payload", "raw", 3, 4, "DROP")))
        .setAttributes(Map.of("why", "because"))
        .setTags(List.of("CWE-89"))
        .build();
  }

  static Finding shadow(String ruleId, Action action, Severity severity) {
    return Finding.newBuilder(finding(ruleId, action, severity)).setShadow(true).build();
  }

  static AuthAudit audit(
      AuditActivity activity, AuditOutcome outcome, String clientId, String address) {
    return AuthAudit.newBuilder()
        .setAt(ACCEPTED)
        .setRegion("local")
        .setEdge("edge-0")
        .setClientId(clientId)
        .setUsername("mallory")
        .setRemoteAddress(address)
        .setActivity(activity)
        .setOutcome(outcome)
        .setCause(activity == AuditActivity.CONNECT ? "bad_credentials" : "not_authorized")
        .setReasonCode(0x86)
        .setTopic(activity == AuditActivity.CONNECT ? null : "clients/other/alerts")
        .build();
  }

  static EdgeEvent edgeEvent(EdgeEventType type, String clientId, String detail) {
    return EdgeEvent.newBuilder()
        .setAt(ACCEPTED)
        .setRegion("local")
        .setEdge("edge-0")
        .setLane(0)
        .setBootId(1)
        .setType(type)
        .setClientId(clientId)
        .setRemoteAddress("10.0.0.9:1000")
        .setDetail(detail)
        .build();
  }
}
