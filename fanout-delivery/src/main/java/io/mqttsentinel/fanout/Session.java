package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionRecord;
import java.time.Instant;

/** A session in memory: its record, and its window once somebody asked for it. */
final class Session {

  private final SessionRecord state;
  private Window window;

  Session(SessionRecord state) {
    this.state = state;
  }

  SessionRecord state() {
    return state;
  }

  String clientId() {
    return state.getClientId();
  }

  boolean isConnected() {
    return state.getConnected();
  }

  /** The connection that deliveries go to; 0 while there is none. */
  long connection() {
    return isConnected() ? state.getEpoch() : 0;
  }

  /** Whether it ends with its connection, or has ended already. */
  boolean endsBefore(Instant at) {
    if (isConnected() || state.getSessionExpirySeconds() == 0) {
      return state.getSessionExpirySeconds() == 0;
    }
    return state.getExpiresAt() != null && !state.getExpiresAt().isAfter(at);
  }

  /** Whether the event is of another connection than the latest. */
  boolean isStale(SessionEvent event) {
    return state.getEpoch() != event.getEpoch();
  }

  /** Whether the event at this offset was applied before. */
  boolean isReplay(long offset) {
    return offset <= state.getEventOffset();
  }

  /** Null until it was read from the queue. */
  Window window() {
    return window;
  }

  void window(Window read) {
    window = read;
  }
}
