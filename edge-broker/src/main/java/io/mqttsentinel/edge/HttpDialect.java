package io.mqttsentinel.edge;

/** How the answers of an auth service are to be read. */
interface HttpDialect {

  int OK = 200;
  int NO_CONTENT = 204;
  int CLIENT_ERROR = 400;
  int UNAUTHORIZED = 401;
  int FORBIDDEN = 403;
  int SERVER_ERROR = 500;

  /**
   * What the answer means.
   *
   * @throws IllegalArgumentException if it means nothing
   */
  AuthDecision read(int status, byte[] body, ConnectAttempt attempt);

  static HttpDialect of(String name) {
    return switch (name) {
      case "vernemq" -> new VernemqDialect();
      case "status" -> new StatusDialect();
      default -> new EmqxDialect();
    };
  }
}
