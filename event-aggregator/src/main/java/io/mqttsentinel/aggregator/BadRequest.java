package io.mqttsentinel.aggregator;

/** A request that names something that cannot be. */
final class BadRequest extends RuntimeException {

  private static final long serialVersionUID = 1;

  BadRequest(String message, Throwable cause) {
    super(message, cause);
  }
}
