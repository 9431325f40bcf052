package io.mqttsentinel.allinone;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated devices, each with its own login, subscribed to its own alerts. */
final class Fleet implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);
  private static final int AT_A_TIME = 4;
  private static final int ATTEMPTS = 5;
  private static final int SERVER_UNAVAILABLE = 0x88;
  private static final int SUBACK_FAILURE = 0x80;

  private final AlertLedger alerts;
  private final AttackLedger attacks;
  private final Queue<String> trouble = new ConcurrentLinkedQueue<>();
  private final List<DemoClient> clients = new ArrayList<>();
  private volatile boolean closing;

  private Fleet(AlertLedger alerts, AttackLedger attacks) {
    this.alerts = alerts;
    this.attacks = attacks;
  }

  /** Connects {@code device-1} to {@code device-N}. */
  static Fleet connect(
      String host,
      int port,
      DemoAuthDatabase database,
      int size,
      AlertLedger alerts,
      AttackLedger attacks)
      throws InterruptedException, ExecutionException {
    Fleet fleet = new Fleet(alerts, attacks);
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Future<DemoClient>> connecting =
          IntStream.rangeClosed(1, size)
              .mapToObj(Fleet::name)
              .map(device -> threads.submit(() -> fleet.connectOne(host, port, database, device)))
              .toList();
      for (Future<DemoClient> client : connecting) {
        fleet.clients.add(client.get());
      }
    }
    return fleet;
  }

  static String name(int number) {
    return "device-" + number;
  }

  static String alertTopic(String device) {
    return "clients/%s/alerts".formatted(device);
  }

  /** Devices that lost their connection, one line each. */
  List<String> trouble() {
    return List.copyOf(trouble);
  }

  @Override
  public void close() throws MqttException {
    closing = true;
    for (DemoClient client : clients) {
      client.close();
    }
  }

  private DemoClient connectOne(String host, int port, DemoAuthDatabase database, String device)
      throws MqttException {
    DemoClient client = connectPatiently(host, port, device, database.addClient(device));
    int code = client.subscribe(alertTopic(device));
    if (code >= SUBACK_FAILURE) {
      throw new IllegalStateException(
          "%s may not subscribe to its alerts: 0x%02x".formatted(device, code));
    }
    return client;
  }

  /** As devices do: an edge that is too busy is asked again. */
  private DemoClient connectPatiently(String host, int port, String device, Login login)
      throws MqttException {
    for (int attempt = 1; ; attempt++) {
      try {
        return DemoClient.connect(
            host,
            port,
            device,
            login,
            (id, message) -> received(id, device),
            reason -> lost(device, reason));
      } catch (MqttException e) {
        if (e.getReasonCode() != SERVER_UNAVAILABLE || attempt == ATTEMPTS) {
          throw e;
        }
        LOG.info("{} connects again: {}", device, e.getMessage());
      }
    }
  }

  private void received(String id, String device) {
    long now = System.nanoTime();
    if (id != null && !attacks.delivered(id)) {
      alerts.arrived(id, device, now);
    }
  }

  private void lost(String device, String reason) {
    if (!closing) {
      trouble.add("%s lost its connection: %s".formatted(device, reason));
    }
  }
}
