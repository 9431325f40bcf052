package io.mqttsentinel.fanout;

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
    if (isConnected()) {
      return state.getSessionExpirySeconds() == 0;
    }
    return state.getExpiresAt() != null && !state.getExpiresAt().isAfter(at);
  }

  /** Null until it was read from the queue. */
  Window window() {
    return window;
  }

  void window(Window read) {
    window = read;
  }
}
