package io.mqttsentinel.pattern;

/** A pattern that the rule language does not have, with the place and what was expected. */
final class RegexSyntaxException extends RuntimeException {

  RegexSyntaxException(String reason) {
    super(reason);
  }

  RegexSyntaxException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
