package io.mqttsentinel.edge;

/** One replay under way. Stopped on the connection's event loop: nothing is written after that. */
final class Replay {

  private final Connection connection;
  private final ReplayRequest request;
  private final int partition;
  private volatile boolean stopped;

  Replay(Connection connection, ReplayRequest request, int partition) {
    this.connection = connection;
    this.request = request;
    this.partition = partition;
  }

  Connection connection() {
    return connection;
  }

  ReplayRequest request() {
    return request;
  }

  int partition() {
    return partition;
  }

  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped || connection.isOver();
  }
}
