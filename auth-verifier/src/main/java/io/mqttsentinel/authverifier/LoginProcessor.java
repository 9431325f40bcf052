package io.mqttsentinel.authverifier;

import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** What the audit trail of a client shows becomes an event: no message could carry it. */
final class LoginProcessor extends ContextualProcessor<String, AuthAudit, String, SecurityEvent> {

  private static final int ID_BYTES = 16;

  private final LoginWatch watch;
  private final AuthVerifierMetrics metrics;
  private final Clock clock;

  LoginProcessor(LoginWatchConfig config, AuthVerifierMetrics metrics, Clock clock) {
    this.watch = new LoginWatch(config);
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void process(Record<String, AuthAudit> record) {
    AuthAudit audit = record.value();
    if (audit == null) {
      return;
    }
    watch
        .note(audit)
        .ifPresent(
            finding -> {
              metrics.found(List.of(finding));
              context()
                  .forward(
                      new Record<>(audit.getClientId(), event(finding, audit), record.timestamp()));
            });
  }

  /** Found again after a restart it is the same event. */
  private SecurityEvent event(Finding finding, AuthAudit audit) {
    String identity =
        "%s\n%s\n%s\n%d"
            .formatted(
                finding.getRuleId(), audit.getClientId(), audit.getProducer(), audit.getSequence());
    boolean login = !finding.getRuleId().equals(LoginWatch.PERMISSION_PROBING);
    return SecurityEvent.newBuilder()
        .setEventId(digest(identity))
        .setAt(clock.instant())
        .setRegion(audit.getRegion())
        .setEdge(audit.getEdge())
        .setLayer(login ? SecurityLayer.AUTHENTICATION : SecurityLayer.AUTHORIZATION)
        .setType(finding.getRuleId())
        .setTitle(finding.getTitle())
        .setSeverity(finding.getSeverity())
        .setAction(finding.getAction())
        .setClientId(audit.getClientId())
        .setUsername(audit.getUsername())
        .setRemoteAddress(audit.getRemoteAddress())
        .setTopic(audit.getTopic())
        .setEpoch(audit.getEpoch())
        .setFindings(List.of(finding))
        .setAttributes(Map.of("source", AuthVerifierApplication.SERVICE))
        .build();
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
