package io.mqttsentinel.pattern;

/** A foreign rule, or a part of it, that has no faithful counterpart here; the message says why. */
final class ImportRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ImportRefusedException(String reason) {
    super(reason);
  }
}
