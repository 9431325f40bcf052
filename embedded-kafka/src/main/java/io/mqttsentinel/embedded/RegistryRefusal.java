package io.mqttsentinel.embedded;

/** An answer other than 200, with the error code of Confluent's API. */
final class RegistryRefusal extends RuntimeException {

  private final int status;
  private final int code;

  RegistryRefusal(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }
}
