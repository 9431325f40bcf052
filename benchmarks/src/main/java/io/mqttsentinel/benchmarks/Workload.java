package io.mqttsentinel.benchmarks;

/**
 * Who sends what to whom: few publishers, many subscribers, as an origin's alerts go to devices.
 * Message {@code n} goes to client {@code n mod clients}; one topic always has the same publisher,
 * so that its order is defined.
 */
record Workload(int clients, int qos, BenchmarkPayload payload) {

  /** Below the 100 messages a second above which the anomaly detector rightly finds a flood. */
  private static final int MOST_PER_PUBLISHER = 50;

  private static final int FEWEST_PUBLISHERS = 4;

  /** How many publishers share a rate. */
  static int publishers(int rate) {
    return Math.max(FEWEST_PUBLISHERS, Math.ceilDiv(rate, MOST_PER_PUBLISHER));
  }

  int client(long number) {
    return (int) (number % clients);
  }

  int publisher(long number, int publishers) {
    return client(number) % publishers;
  }

  static String clientId(int client) {
    return "bench-%05d".formatted(client);
  }

  static String topic(int client) {
    return "clients/" + clientId(client) + "/alerts";
  }

  static String idleId(int index) {
    return "bench-idle-%05d".formatted(index);
  }

  static String publisherId(int publisher) {
    return "bench-origin-%03d".formatted(publisher);
  }
}
