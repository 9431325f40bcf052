package io.mqttsentinel.pattern;

/** Arguments of a command that are wrong: which one, its value, what was expected. */
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
