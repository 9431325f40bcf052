package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/** From the socket to CONNECT: whether it may stay until it says who it is, and how long. */
final class ArrivalFlow {

  private static final Refusal NO_CONNECT =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "connect_timeout");

  private final Connections connections;
  private final Access access;
  private final CloseFlow closing;
  private final EdgeConfig config;

  ArrivalFlow(Connections connections, Access access, CloseFlow closing, EdgeConfig config) {
    this.connections = connections;
    this.access = access;
    this.closing = closing;
    this.config = config;
  }

  void accepted(Connection connection) {
    connections.accepted(connection);
    connection
        .timers()
        .deadline(config.connectTimeout(), () -> closing.violated(connection, NO_CONNECT));
    turnAway(connection, access.came());
    if (!config.isBehindProxy()) {
      turnAway(connection, access.identified(connection));
    }
  }

  /** A load balancer told whose connection it is. */
  void proxied(Connection connection) {
    turnAway(connection, access.proxied(connection));
  }

  private void turnAway(Connection connection, @Nullable Closure reason) {
    if (reason != null && !connection.isOver()) {
      closing.turnAway(connection, reason);
    }
  }
}
