package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Those that are there: all sockets, and by epoch those whose client was let in. */
final class Connections {

  private final Set<Connection> sockets = ConcurrentHashMap.newKeySet();
  private final Map<Long, Connection> byEpoch = new ConcurrentHashMap<>();

  void accepted(Connection connection) {
    sockets.add(connection);
  }

  void opened(Connection connection) {
    byEpoch.put(connection.epoch(), connection);
  }

  void ended(Connection connection) {
    sockets.remove(connection);
    byEpoch.remove(connection.epoch(), connection);
  }

  @Nullable
  Connection find(long epoch) {
    return byEpoch.get(epoch);
  }

  Collection<Connection> all() {
    return sockets;
  }

  int count() {
    return byEpoch.size();
  }
}
