package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.eclipse.paho.mqttv5.common.MqttException;

/** The traffic: devices, alerts and an attacker, and what came of them. */
final class Demo {

  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(20);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);
  private static final Duration SETTLE = Duration.ofSeconds(1);
  private static final Duration TERMINAL_REFRESH = Duration.ofMillis(500);
  private static final Duration LINE_REFRESH = Duration.ofSeconds(5);
  private static final Duration LATENCY_WINDOW = Duration.ofSeconds(10);

  private final AllInOne laptop;
  private final String host;
  private final int devices;
  private final int rate;
  private final Console console;
  private final CountDownLatch stop;
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private final AlertLedger alerts = new AlertLedger();
  private final AttackLedger attacks = new AttackLedger();
  private final EventCounts events = new EventCounts();
  private final DemoTable table = new DemoTable(alerts, attacks, events);
  private final Queue<String> trouble = new ConcurrentLinkedQueue<>();
  private final CountDownLatch firstRound = new CountDownLatch(1);

  /**
   * @param host where the edge listens
   * @param stop ends the demo when it is counted down
   */
  Demo(AllInOne laptop, String host, int devices, int rate, Console console, CountDownLatch stop) {
    this.laptop = laptop;
    this.host = host;
    this.devices = devices;
    this.rate = rate;
    this.console = console;
    this.stop = stop;
  }

  /** Runs until it is stopped or the time is over, but at least until every attack was tried. */
  DemoVerdict run(Optional<Duration> time) throws Exception {
    int port = laptop.services().edgePort();
    Login shared = laptop.authDatabase().addShared("mallory");
    Login publisher = laptop.origin().addLogin("alerts");
    try (SecurityEventFeed _ =
            SecurityEventFeed.start(
                laptop.bootstrapServers(), laptop.registryUrl(), this::reported);
        Fleet fleet = Fleet.connect(host, port, laptop.authDatabase(), devices, alerts, attacks);
        DemoClient origin = connectToOrigin(publisher)) {
      console.line("%d devices are connected.".formatted(devices));
      Attacker attacker = new Attacker(host, port, shared, origin, Fleet.name(1), attacks);
      long start = System.nanoTime();
      // Closing the executor lets the round that is under way end.
      try (AlertSource _ = AlertSource.start(origin, run, devices, rate, alerts, trouble);
          ScheduledExecutorService attackers = Executors.newSingleThreadScheduledExecutor()) {
        ScheduledFuture<?> _ =
            attackers.scheduleWithFixedDelay(
                new Rounds(attacker), 0, BETWEEN_ROUNDS.toMillis(), TimeUnit.MILLISECONDS);
        watch(start, time);
      }
      drain();
      trouble.addAll(fleet.trouble());
      show(start, alerts.latency());
    }
    return DemoVerdict.of(alerts, attacks.attempts(), List.copyOf(trouble));
  }

  private DemoClient connectToOrigin(Login login) throws MqttException {
    return DemoClient.connect(
        "127.0.0.1",
        laptop.origin().port(),
        "alert-source",
        login,
        (id, message) -> {},
        reason -> trouble.add("the alert source lost the origin: " + reason));
  }

  private void reported(SecurityEvent event) {
    events.count(event);
    attacks.reported(event);
  }

  private void watch(long start, Optional<Duration> time) throws InterruptedException {
    Duration refresh = console.isTerminal() ? TERMINAL_REFRESH : LINE_REFRESH;
    LatencyWindow window = new LatencyWindow((int) LATENCY_WINDOW.dividedBy(refresh));
    long end = time.map(t -> start + t.toNanos()).orElse(Long.MAX_VALUE);
    while (true) {
      long pause = Math.min(refresh.toNanos(), end - System.nanoTime());
      if (pause <= 0 || stop.await(pause, TimeUnit.NANOSECONDS)) {
        break;
      }
      show(start, window.with(alerts.recentLatency()));
    }
    if (stop.getCount() > 0) {
      firstRound.await();
    }
  }

  private void show(long start, Histogram latency) {
    Duration running = Duration.ofNanos(System.nanoTime() - start);
    console.table(
        console.isTerminal()
            ? table.lines(running, latency)
            : List.of(table.line(running, latency)));
  }

  /** Waits for what is still under way, and a little longer for what should not come. */
  private void drain() throws InterruptedException {
    if (stop.getCount() == 0) {
      return;
    }
    long limit = System.nanoTime() + DRAIN_LIMIT.toNanos();
    while (!(alerts.missing().isEmpty() && attacks.isAllHandled())
        && System.nanoTime() < limit
        && !stop.await(50, TimeUnit.MILLISECONDS)) {
      // once more
    }
    boolean stopped = stop.await(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
    if (stopped) {
      console.line("Stopped before everything had arrived.");
    }
  }

  /** Whole rounds of attacks, one after the other. */
  private final class Rounds implements Runnable {

    private final Attacker attacker;
    private int number;

    Rounds(Attacker attacker) {
      this.attacker = attacker;
    }

    @Override
    public void run() {
      try {
        number++;
        attacker.round("%s-%d".formatted(run, number));
      } catch (MqttException | RuntimeException e) {
        trouble.add("the attacker could not try everything: " + e);
      } finally {
        firstRound.countDown();
      }
    }
  }
}
