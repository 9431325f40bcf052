package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Findings that no message can carry: they become security events here. */
final class AnomalyEvents {

  private static final int ID_BYTES = 16;

  private AnomalyEvents() {}

  /**
   * About one client.
   *
   * @param cause with rule and client it makes the event id: found again it is the same event
   */
  static SecurityEvent ofClient(
      Finding finding, String clientId, String region, String edge, long cause, Instant at) {
    return event(finding, finding.getRuleId() + '\n' + clientId + '\n' + cause, region, at)
        .setClientId(clientId)
        .setEdge(edge)
        .build();
  }

  /** What a message shows about its client: the cause of what is done about that. */
  static SecurityEvent ofMessage(Finding finding, InspectedMessage message, Instant at) {
    String identity =
        "%s\n%s\n%d\n%d"
            .formatted(
                finding.getRuleId(),
                message.getClientId(),
                message.getEpoch(),
                message.getSequence());
    return event(finding, identity, message.getRegion(), at)
        .setClientId(message.getClientId())
        .setUsername(message.getUsername())
        .setRemoteAddress(message.getRemoteAddress())
        .setEdge(message.getEdge())
        .setTopic(message.getTopic())
        .setEpoch(message.getEpoch())
        .setSequence(message.getSequence())
        .build();
  }

  /** About many clients. Instances that see the same within a minute give it the same id. */
  static SecurityEvent ofFleet(Finding finding, String region, Instant at) {
    long minute = at.getEpochSecond() / 60;
    String subject = finding.getAttributes().getOrDefault("subject", "");
    return event(finding, finding.getRuleId() + '\n' + subject + '\n' + minute, region, at).build();
  }

  private static SecurityEvent.Builder event(
      Finding finding, String identity, String region, Instant at) {
    return SecurityEvent.newBuilder()
        .setEventId(digest(identity))
        .setAt(at)
        .setRegion(region)
        .setEdge("")
        .setLayer(SecurityLayer.ANOMALY)
        .setType(finding.getRuleId())
        .setTitle(finding.getTitle())
        .setSeverity(finding.getSeverity())
        .setAction(finding.getAction())
        .setClientId("")
        .setRemoteAddress("")
        .setFindings(List.of(finding))
        .setAttributes(Map.of("source", "anomaly-detector"));
  }

  private static String digest(String identity) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("anomaly\n" + identity).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
