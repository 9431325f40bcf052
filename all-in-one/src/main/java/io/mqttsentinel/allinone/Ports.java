package io.mqttsentinel.allinone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

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
    for (Listener listener : listeners(edge, webSocket, origin, dashboard, kafka, registry)) {
      if (listener.port < 0 || listener.port > 65_535) {
        throw new IllegalArgumentException(
            "%s is %d, expected a port from 0 to 65535".formatted(listener.option, listener.port));
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
   * @throws PortTakenException naming each port in use and the option that changes it
   */
  void checkFree(String edgeHost) {
    List<String> taken = new ArrayList<>();
    for (Listener listener : listeners(edge, webSocket, origin, dashboard, kafka, registry)) {
      String host = listener.forDevices ? edgeHost : LOOPBACK;
      if (listener.port != 0 && !isFree(host, listener.port)) {
        taken.add(
            "port %d (%s) is in use on %s: choose another with %s"
                .formatted(listener.port, listener.what, host, listener.option));
      }
    }
    if (!taken.isEmpty()) {
      throw new PortTakenException(String.join(System.lineSeparator(), taken));
    }
  }

  private static boolean isFree(String host, int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(host))) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
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
