package io.mqttsentinel.benchmarks;

import java.util.concurrent.TimeUnit;

/** Sends a phase over MQTT and waits for what is still on its way. */
final class LoadGenerator {

  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_MILLIS = 20;

  private final MqttFleet fleet;
  private final Meter meter;

  LoadGenerator(MqttFleet fleet, Meter meter) {
    this.fleet = fleet;
    this.meter = meter;
  }

  /**
   * Sends for a while and returns when everything arrived, or nothing has for ten seconds.
   *
   * @param settlingSeconds at the start, sent but not measured
   */
  Result run(int rate, double seconds, double settlingSeconds) throws InterruptedException {
    int publishers = fleet.publisherCount();
    Schedule schedule =
        Schedule.lasting(System.nanoTime() + LEAD_NANOS, rate, settlingSeconds + seconds);
    Phase phase =
        fleet.withLedger(ledger -> ledger.open(schedule, Math.round(rate * settlingSeconds)));
    Traffic.Counts before = fleet.traffic().counts();
    Pacer pacer = new Pacer();
    meter.start();
    pacer.run(schedule, index -> fleet.publish(phase.number(index), publishers));
    Meter.Reading use = meter.read();
    drain(phase, before);
    Traffic.Counts after = fleet.traffic().counts();
    return fleet.withLedger(ledger -> new Result(phase, pacer.lag(), use, after.minus(before)));
  }

  private void drain(Phase phase, Traffic.Counts before) throws InterruptedException {
    long sent = phase.schedule().count();
    long seen = -1;
    long changed = System.nanoTime();
    while (System.nanoTime() - changed < QUIET_NANOS) {
      long arrived = fleet.withLedger(ledger -> phase.arrivedCount());
      long answered = fleet.traffic().counts().minus(before).answered();
      if (arrived == sent && answered >= sent) {
        return;
      }
      if (arrived + answered != seen) {
        seen = arrived + answered;
        changed = System.nanoTime();
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /**
   * What a phase came to.
   *
   * @param lag how late the generator itself was
   */
  record Result(Phase phase, Latency lag, Meter.Reading use, Traffic.Counts traffic) {

    long sent() {
      return phase.schedule().count();
    }

    long lost() {
      return sent() - phase.arrivedCount();
    }
  }
}
