package io.mqttsentinel.pattern;

/** The native engine cannot be used on this machine. */
final class EngineUnavailableException extends Exception {

  EngineUnavailableException(String reason) {
    super(reason);
  }

  EngineUnavailableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
