package io.mqttsentinel.benchmarks;

/** An address as a person writes it. */
record HostPort(String host, int port) {

  /**
   * Reads {@code host:port}, or {@code [v6 address]:port}.
   *
   * @throws IllegalArgumentException naming the text if it is neither
   */
  static HostPort parse(String option, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = colon < 0 ? -1 : port(text.substring(colon + 1));
    if (host.isBlank() || port < 1) {
      throw new IllegalArgumentException(
          "%s is '%s', expected host:port such as localhost:1883".formatted(option, text));
    }
    return new HostPort(host, port);
  }

  private static int port(String digits) {
    if (!digits.matches("\\d{1,5}")) {
      return -1;
    }
    int port = Integer.parseInt(digits);
    return port > 65535 ? -1 : port;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
