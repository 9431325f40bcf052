package io.mqttsentinel.edge;

/** Session expiry intervals in seconds (MQTT 5.0, 3.1.2.11.2). */
final class SessionExpiry {

  static final long NEVER = 0xFFFF_FFFFL;

  private SessionExpiry() {}
}
