package io.mqttsentinel.edge;

/** What is left to do when a socket is closed, for whatever reason. */
final class EndFlow {

  private final Connections connections;
  private final SessionEvents sessions;
  private final DeliveryFlow deliveries;
  private final Audit audit;
  private final ReplayFlow replays;
  private final Admission admission;
  private final OpeningGate gate;
  private final EndPace pace;

  EndFlow(
      Connections connections,
      SessionEvents sessions,
      DeliveryFlow deliveries,
      Audit audit,
      ReplayFlow replays,
      Admission admission,
      OpeningGate gate,
      EndPace pace) {
    this.connections = connections;
    this.sessions = sessions;
    this.deliveries = deliveries;
    this.audit = audit;
    this.replays = replays;
    this.admission = admission;
    this.gate = gate;
    this.pace = pace;
  }

  void ended(Connection connection) {
    connection.state(Connection.State.CLOSED);
    connection.timers().cancel();
    connection.inbox().release();
    connections.ended(connection);
    admission.left(connection);
    if (connection.entrant() != null) {
      gate.left(connection.entrant());
    }
    replays.ended(connection);
    if (connection.epoch() == 0) {
      return; // was never let in
    }
    deliveries.ended(connection);
    if (connection.closure().isBreak()) {
      gate.broke();
    }
    pace.say(() -> tell(connection));
  }

  private void tell(Connection connection) {
    Closure closure = connection.closure();
    sessions.close(
        connection,
        closure.cause(),
        closure.reasonCode(),
        closure.sessionExpirySeconds(),
        closure.discardWill());
    audit.disconnected(connection, closure.word(), closure.reasonCode());
  }
}
