package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What analysts are told of a refusal, and of its repeats. */
final class RefusalEvents {

  private final int escalateAfter;

  /**
   * @param escalateAfter repeats that raise the severity by one step
   */
  RefusalEvents(int escalateAfter) {
    this.escalateAfter = escalateAfter;
  }

  SecurityEvent first(Refusal refusal) {
    return event(refusal).build();
  }

  SecurityEvent repeated(RepeatFilter.Repeats repeats, Instant now) {
    Refusal last = repeats.last();
    Map<String, String> attributes = new HashMap<>(last.attributes());
    attributes.put("repeats", Long.toString(repeats.count()));
    attributes.put("repeats_since", repeats.since().toString());
    attributes.put("repeats_of", repeats.scope().name().toLowerCase(Locale.ROOT));
    SecurityEvent.Builder event =
        event(last)
            .setEventId(EventId.ofRepeats(last.eventId()))
            .setAt(now)
            .setTitle("%s, %d more".formatted(last.title(), repeats.count()))
            .setAttributes(attributes);
    if (repeats.count() >= escalateAfter) {
      event.setSeverity(higher(last.severity()));
    }
    if (repeats.scope() != RepeatFilter.Scope.CLIENT) {
      // Many clients: to name the last of them would put the blame on it.
      event.setClientId("").setUsername(null).setTopic(null).setEpoch(0);
    }
    if (repeats.scope() == RepeatFilter.Scope.TYPE) {
      event.setRemoteAddress("");
    }
    return event.build();
  }

  /** The record key: the client where there is one, or else whatever tells sources apart. */
  static String key(SecurityEvent event) {
    if (!event.getClientId().isEmpty()) {
      return event.getClientId();
    }
    String source = PeerAddress.source(event.getRemoteAddress());
    return source.isEmpty() ? event.getEdge() : source;
  }

  private static SecurityEvent.Builder event(Refusal refusal) {
    return SecurityEvent.newBuilder()
        .setEventId(refusal.eventId())
        .setAt(refusal.at())
        .setRegion(refusal.region())
        .setEdge(refusal.edge())
        .setLayer(refusal.layer())
        .setType(refusal.type())
        .setTitle(refusal.title())
        .setSeverity(refusal.severity())
        .setAction(Action.BLOCK)
        .setClientId(refusal.clientId())
        .setUsername(refusal.username())
        .setRemoteAddress(refusal.remoteAddress())
        .setTopic(refusal.topic())
        .setEpoch(refusal.epoch())
        .setAttributes(refusal.attributes());
  }

  private static Severity higher(Severity severity) {
    return switch (severity) {
      case INFORMATIONAL -> Severity.LOW;
      case LOW -> Severity.MEDIUM;
      case MEDIUM -> Severity.HIGH;
      case HIGH, CRITICAL -> Severity.CRITICAL;
    };
  }
}
