package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.UserConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What is found in the audit trail becomes an event: no message could carry it. */
final class LoginEvents {

  private static final int ID_BYTES = 16;

  private LoginEvents() {}

  static Finding finding(String rule, Severity severity, String title, Map<String, String> why) {
    return Finding.newBuilder()
        .setRuleId(rule)
        .setStage(AuthVerifierApplication.SERVICE)
        .setAnalyticType(AnalyticType.BEHAVIORAL)
        .setSeverity(severity)
        .setAction(Action.FLAG)
        .setTitle(title)
        .setAttributes(why)
        .build();
  }

  /** About the client of an audit record. Found again after a restart it is the same event. */
  static SecurityEvent ofClient(Finding finding, AuthAudit audit, Instant now) {
    String identity =
        "%s\n%s\n%s\n%d"
            .formatted(
                finding.getRuleId(), audit.getClientId(), audit.getProducer(), audit.getSequence());
    boolean login = !finding.getRuleId().equals(LoginWatch.PERMISSION_PROBING);
    return event(finding, identity, now)
        .setLayer(login ? SecurityLayer.AUTHENTICATION : SecurityLayer.AUTHORIZATION)
        .setRegion(audit.getRegion())
        .setEdge(audit.getEdge())
        .setClientId(audit.getClientId())
        .setUsername(audit.getUsername())
        .setRemoteAddress(audit.getRemoteAddress())
        .setTopic(audit.getTopic())
        .setEpoch(audit.getEpoch())
        .build();
  }

  /**
   * About a user name.
   *
   * @param last its newest connection
   */
  static SecurityEvent ofUser(Finding finding, String username, UserConnection last, Instant now) {
    String identity =
        "%s\n%s\n%s\n%d"
            .formatted(finding.getRuleId(), username, last.getClientId(), last.getEpoch());
    return event(finding, identity, now)
        .setLayer(SecurityLayer.AUTHENTICATION)
        .setRegion(last.getRegion())
        .setEdge(last.getEdge())
        .setClientId(last.getClientId())
        .setUsername(username)
        .setRemoteAddress(last.getRemoteAddress())
        .setEpoch(last.getEpoch())
        .build();
  }

  private static SecurityEvent.Builder event(Finding finding, String identity, Instant now) {
    return SecurityEvent.newBuilder()
        .setEventId(digest(identity))
        .setAt(now)
        .setType(finding.getRuleId())
        .setTitle(finding.getTitle())
        .setSeverity(finding.getSeverity())
        .setAction(finding.getAction())
        .setFindings(List.of(finding))
        .setAttributes(Map.of("source", AuthVerifierApplication.SERVICE));
  }

  private static String digest(String identity) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("login\n" + identity).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
