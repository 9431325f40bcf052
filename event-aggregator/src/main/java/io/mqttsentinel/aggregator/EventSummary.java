package io.mqttsentinel.aggregator;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.mqttsentinel.schemas.SecurityEvent;

/** A line of the table of events. */
@Serdeable
@JsonInclude(JsonInclude.Include.ALWAYS)
record EventSummary(
    String id,
    String at,
    String layer,
    String type,
    String title,
    String severity,
    String action,
    String clientId,
    @Nullable String username,
    String remoteAddress,
    @Nullable String topic,
    String edge) {

  static EventSummary of(SecurityEvent event) {
    return new EventSummary(
        event.getEventId(),
        event.getAt().toString(),
        event.getLayer().name(),
        event.getType(),
        event.getTitle(),
        event.getSeverity().name(),
        event.getAction().name(),
        event.getClientId(),
        event.getUsername(),
        event.getRemoteAddress(),
        event.getTopic(),
        event.getEdge());
  }
}
