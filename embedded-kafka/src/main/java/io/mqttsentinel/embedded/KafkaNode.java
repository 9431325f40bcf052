package io.mqttsentinel.embedded;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One of the nodes of a cluster on loopback, each broker and controller.
 *
 * @param id from 1
 * @param clusterId the same for all nodes
 * @param controllerPorts of all nodes, in the order of their ids
 * @param detour a second way to reach the node, if any
 */
public record KafkaNode(
    int id, String clusterId, int port, List<Integer> controllerPorts, Optional<Detour> detour) {

  /**
   * A listener for clients that come through a proxy: whoever asks on {@code port} is sent on to
   * {@code advertisedPort}, where the proxy listens.
   */
  public record Detour(int port, int advertisedPort) {}

  private static final int MOST_REPLICAS = 3;

  public KafkaNode {
    if (id < 1 || id > controllerPorts.size()) {
      throw new IllegalArgumentException(
          "node id is %d, expected 1 to %d".formatted(id, controllerPorts.size()));
    }
    controllerPorts = List.copyOf(controllerPorts);
  }

  int controllerPort() {
    return controllerPorts.get(id - 1);
  }

  String voters(String host) {
    return IntStream.rangeClosed(1, controllerPorts.size())
        .mapToObj(node -> node + "@" + host + ":" + controllerPorts.get(node - 1))
        .collect(Collectors.joining(","));
  }

  int replicas() {
    return Math.min(MOST_REPLICAS, controllerPorts.size());
  }

  /** Of three replicas two must have a record, so that any one node may be lost. */
  int minInSync() {
    return replicas() >= MOST_REPLICAS ? 2 : 1;
  }
}
