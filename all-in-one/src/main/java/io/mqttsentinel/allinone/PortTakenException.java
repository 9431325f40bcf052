package io.mqttsentinel.allinone;

/** A part of the laptop cannot listen where it was to, mostly because another process does. */
public final class PortTakenException extends RuntimeException {

  PortTakenException(String message) {
    super(message);
  }
}
