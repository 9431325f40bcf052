package io.mqttsentinel.allinone;

/** Another process listens where a part of the laptop was to listen. */
public final class PortTakenException extends RuntimeException {

  PortTakenException(String message) {
    super(message);
  }
}
