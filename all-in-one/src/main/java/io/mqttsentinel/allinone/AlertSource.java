package io.mqttsentinel.allinone;

import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.MqttException;

/** Publishes alerts to the origin broker at a steady rate, to one device after the other. */
final class AlertSource implements AutoCloseable {

  private static final byte[] ALERT = "ALERT".getBytes(StandardCharsets.UTF_8);

  private final DemoClient origin;
  private final String run;
  private final int devices;
  private final AlertLedger ledger;
  private final Queue<String> trouble;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("alert-source").factory());
  private long number;

  private AlertSource(
      DemoClient origin, String run, int devices, AlertLedger ledger, Queue<String> trouble) {
    this.origin = origin;
    this.trouble = trouble;
    this.run = run;
    this.devices = devices;
    this.ledger = ledger;
  }

  /**
   * Starts at once.
   *
   * @param run part of every alert's id, so that alerts of another run are not taken for its own
   * @param rate alerts per second
   * @param trouble gets a line for each alert that the origin does not take
   */
  static AlertSource start(
      DemoClient origin,
      String run,
      int devices,
      int rate,
      AlertLedger ledger,
      Queue<String> trouble) {
    AlertSource source = new AlertSource(origin, run, devices, ledger, trouble);
    long period = TimeUnit.SECONDS.toNanos(1) / rate;
    ScheduledFuture<?> _ =
        source.clock.scheduleAtFixedRate(source::publishNext, 0, period, TimeUnit.NANOSECONDS);
    return source;
  }

  @Override
  public void close() {
    clock.close();
  }

  private void publishNext() {
    String id = "%s-%d".formatted(run, number);
    String device = Fleet.name((int) (number % devices) + 1);
    number++;
    ledger.sent(id, device, System.nanoTime());
    try {
      CompletableFuture<Integer> _ =
          origin
              .publish(Fleet.alertTopic(device), ALERT, 1, id)
              .whenComplete((code, failure) -> check(id, code, failure));
    } catch (MqttException | RuntimeException e) {
      refused(id, e.toString());
    }
  }

  private void check(String id, Integer code, Throwable failure) {
    if (failure != null) {
      refused(id, failure.toString());
    } else if (code >= 0x80) {
      refused(id, "0x%02x".formatted(code));
    }
  }

  private void refused(String id, String reason) {
    ledger.notSent(id);
    trouble.add("the origin did not take alert %s: %s".formatted(id, reason));
  }
}
