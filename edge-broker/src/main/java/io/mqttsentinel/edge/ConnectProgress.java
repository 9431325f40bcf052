package io.mqttsentinel.edge;

import java.time.Duration;

/** What is remembered between CONNECT and CONNACK. */
final class ConnectProgress {

  private final ConnectRequest request;
  private final long startNanos;
  private String authenticator = "";
  private boolean sessionPresent;
  private boolean handedToMoquette;

  ConnectProgress(ConnectRequest request, long startNanos) {
    this.request = request;
    this.startNanos = startNanos;
  }

  ConnectRequest request() {
    return request;
  }

  Duration elapsed(long nowNanos) {
    return Duration.ofNanos(nowNanos - startNanos);
  }

  String authenticator() {
    return authenticator;
  }

  void authenticator(String name) {
    authenticator = name;
  }

  boolean sessionPresent() {
    return sessionPresent;
  }

  boolean isHandedToMoquette() {
    return handedToMoquette;
  }

  /** From now on only Moquette's CONNACK is awaited. */
  void handedToMoquette(boolean sessionPresent) {
    this.handedToMoquette = true;
    this.sessionPresent = sessionPresent;
  }
}
