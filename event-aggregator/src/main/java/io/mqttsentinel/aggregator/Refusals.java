package io.mqttsentinel.aggregator;

import io.mqttsentinel.runtime.PrintableText;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which records of the edges are refusals, and what they mean to an analyst. */
final class Refusals {

  /** Longer names only serve to fill memory. */
  private static final int LONGEST_NAME = 512;

  private static final String BACKEND_FAILED = "backend_failed";

  private Refusals() {}

  static Optional<Refusal> of(AuthAudit audit, String eventId) {
    if (audit.getOutcome() != AuditOutcome.FAILURE) {
      return Optional.empty();
    }
    AuditActivity activity = audit.getActivity();
    String attempt = activity.name().toLowerCase(Locale.ROOT);
    String cause = audit.getCause().isBlank() ? attempt + "_refused" : bounded(audit.getCause());
    Map<String, String> attributes = new HashMap<>();
    attributes.put("activity", attempt);
    attributes.put("cause", cause);
    attributes.put("reason_code", "0x%02x".formatted(audit.getReasonCode()));
    if (!audit.getAuthenticator().isEmpty()) {
      attributes.put("authenticator", bounded(audit.getAuthenticator()));
    }
    return Optional.of(
        new Refusal(
            eventId,
            audit.getAt(),
            audit.getRegion(),
            audit.getEdge(),
            layer(activity),
            cause,
            attempt,
            "%s refused: %s".formatted(noun(activity), words(cause)),
            cause.equals(BACKEND_FAILED) ? Severity.HIGH : Severity.MEDIUM,
            bounded(audit.getClientId()),
            bounded(audit.getUsername()),
            audit.getRemoteAddress(),
            bounded(audit.getTopic()),
            audit.getEpoch(),
            attributes));
  }

  static Optional<Refusal> of(EdgeEvent event, String eventId) {
    return switch (event.getType()) {
      case PROTOCOL_VIOLATION ->
          Optional.of(
              refusal(
                  event, eventId, SecurityLayer.PROTOCOL, Severity.MEDIUM, "Protocol violation"));
      case RATE_LIMITED ->
          Optional.of(
              refusal(
                  event, eventId, SecurityLayer.RATE_LIMIT, Severity.LOW, "Rate limit exceeded"));
      case CONNECTION_REFUSED ->
          Optional.of(
              refusal(event, eventId, SecurityLayer.PROTOCOL, Severity.LOW, "Connection refused"));
      case UNKNOWN, STARTED, HEARTBEAT, DRAINING, STOPPED -> Optional.empty();
    };
  }

  private static Refusal refusal(
      EdgeEvent event, String eventId, SecurityLayer layer, Severity severity, String title) {
    String detail = bounded(event.getDetail());
    return new Refusal(
        eventId,
        event.getAt(),
        event.getRegion(),
        event.getEdge(),
        layer,
        event.getType().name().toLowerCase(Locale.ROOT),
        detail,
        detail.isEmpty() ? title : title + ": " + PrintableText.of(detail, 160),
        severity,
        event.getClientId() == null ? "" : bounded(event.getClientId()),
        bounded(event.getUsername()),
        event.getRemoteAddress() == null ? "" : event.getRemoteAddress(),
        null,
        0,
        detail.isEmpty() ? Map.of() : Map.of("detail", detail));
  }

  private static SecurityLayer layer(AuditActivity activity) {
    return switch (activity) {
      case CONNECT -> SecurityLayer.AUTHENTICATION;
      case PUBLISH, SUBSCRIBE, ADMIN, BAN -> SecurityLayer.AUTHORIZATION;
      case DISCONNECT, UNKNOWN -> SecurityLayer.UNKNOWN;
    };
  }

  private static String noun(AuditActivity activity) {
    return switch (activity) {
      case CONNECT -> "Connection";
      case DISCONNECT -> "Disconnect";
      case PUBLISH -> "Publish";
      case SUBSCRIBE -> "Subscription";
      case BAN -> "Ban";
      case ADMIN -> "Administration";
      case UNKNOWN -> "Request";
    };
  }

  private static String words(String cause) {
    return PrintableText.of(cause.replace('_', ' '), 160);
  }

  private static String bounded(String name) {
    return name == null || name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }
}
