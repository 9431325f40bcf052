package io.mqttsentinel.edge;

import java.nio.charset.StandardCharsets;

/** What authenticators are asked about in tests. */
final class Attempts {

  private Attempts() {}

  static ConnectAttempt of(String clientId, String username, String password) {
    return of(Listener.TCP, clientId, username, password);
  }

  static ConnectAttempt of(Listener listener, String clientId, String username, String password) {
    return new ConnectAttempt(
        clientId,
        username,
        password == null ? null : new Password(password.getBytes(StandardCharsets.UTF_8)),
        "192.0.2.7:4711",
        null,
        listener);
  }
}
