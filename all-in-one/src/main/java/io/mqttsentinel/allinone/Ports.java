package io.mqttsentinel.allinone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the parts of the laptop listen; 0 takes any free port.
 *
 * @param edge MQTT over TCP, for devices
 * @param webSocket MQTT over WebSocket, for devices
 * @param origin MQTT over TCP of the demo origin broker
 * @param dashboard HTTP: dashboard, health, metrics
 */
public record Ports(int edge, int webSocket, int origin, int dashboard, int kafka, int registry) {

  private static final String LOOPBACK = "127.0.0.1";

  public Ports {
    checkDistinct(listeners(edge, webSocket, origin, dashboard, kafka, registry));
  }

  private static void checkDistinct(List<Listener> listeners) {
    Map<Integer, String> options = new HashMap<>();
    for (Listener listener : listeners) {
      if (listener.port < 0 || listener.port > 65_535) {
        throw new IllegalArgumentException(
            "%s is %d, expected a port from 0 to 65535".formatted(listener.option, listener.port));
      }
      String other = listener.port == 0 ? null : options.put(listener.port, listener.option);
      if (other != null) {
        throw new IllegalArgumentException(
            "%s and %s are both %d, expected two ports"
                .formatted(other, listener.option, listener.port));
      }
    }
  }

  public static Ports usual() {
    return new Ports(1883, 8083, 1884, 8080, 9092, 8081);
  }

  public static Ports anyFree() {
    return new Ports(0, 0, 0, 0, 0, 0);
  }

  /**
   * Checks that every port can be had, before anything is started.
   *
   * @throws IllegalArgumentException if the host is no address of this machine
   * @throws PortTakenException naming each port that cannot be had, why, and the option that
   *     changes it
   */
  void checkFree(String edgeHost) {
    checkFree(edgeHost, OptionalInt.empty());
  }

  /** The same with the port of the open listener, which is on loopback. */
  void checkFree(String edgeHost, OptionalInt interop) {
    if (refusal(edgeHost, 0).isPresent()) {
      throw new IllegalArgumentException(
          "--host is '%s', expected an address of this machine".formatted(edgeHost));
    }
    List<String> taken = new ArrayList<>();
    for (Listener listener : with(interop)) {
      String host = listener.forDevices ? edgeHost : LOOPBACK;
      Optional<String> refusal =
          listener.port == 0 ? Optional.empty() : refusal(host, listener.port);
      refusal.ifPresent(
          reason ->
              taken.add(
                  "port %d (%s) cannot be had on %s (%s): choose another with %s"
                      .formatted(listener.port, listener.what, host, reason, listener.option)));
    }
    if (!taken.isEmpty()) {
      throw new PortTakenException(String.join(System.lineSeparator(), taken));
    }
  }

  /**
   * Checks the port of the open listener against all others.
   *
   * @throws IllegalArgumentException if one of them has the same
   */
  void checkApart(OptionalInt interop) {
    checkDistinct(with(interop));
  }

  /** Why nobody can listen there; empty if it can be had. */
  private static Optional<String> refusal(String host, int port) {
    try {
      new ServerSocket(port, 1, InetAddress.getByName(host)).close();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private List<Listener> with(OptionalInt interop) {
    List<Listener> all =
        new ArrayList<>(listeners(edge, webSocket, origin, dashboard, kafka, registry));
    interop.ifPresent(
        port -> all.add(new Listener("--interop", "MQTT without authentication", port, false)));
    return all;
  }

  private static List<Listener> listeners(
      int edge, int webSocket, int origin, int dashboard, int kafka, int registry) {
    return List.of(
        new Listener("--port", "MQTT over TCP", edge, true),
        new Listener("--websocket-port", "MQTT over WebSocket", webSocket, true),
        new Listener("--origin-port", "demo origin broker", origin, false),
        new Listener("--dashboard-port", "dashboard", dashboard, false),
        new Listener("--kafka-port", "Kafka", kafka, false),
        new Listener("--registry-port", "schema registry", registry, false));
  }

  private record Listener(String option, String what, int port, boolean forDevices) {}
}
