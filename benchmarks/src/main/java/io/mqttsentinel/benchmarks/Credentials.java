package io.mqttsentinel.benchmarks;

/** User and password of a kind of client; {@code {client}} in either becomes the client id. */
record Credentials(String user, String password) {

  static final Credentials NONE = new Credentials(null, null);

  private static final String CLIENT = "{client}";

  Credentials of(String clientId) {
    return new Credentials(fill(user, clientId), fill(password, clientId));
  }

  private static String fill(String pattern, String clientId) {
    return pattern == null ? null : pattern.replace(CLIENT, clientId);
  }

  @Override
  public String toString() {
    return "Credentials[user=" + user + "]";
  }
}
