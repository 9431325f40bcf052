package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Measures what a message costs: all detectors, with what they learn, for 1000 clients in turn, 300
 * bytes of JSON, one message a second each. Prints nanoseconds a message, round by round, then the
 * share of each detector.
 */
final class AnomalyUpdateCost {

  private static final int CLIENTS = 1000;
  private static final int ROUNDS = 12;
  private static final int MESSAGES = 200;

  private final InspectedMessage[] messages = new InspectedMessage[CLIENTS];
  private long second;

  private AnomalyUpdateCost() {
    Random random = new Random(1);
    for (int i = 0; i < CLIENTS; i++) {
      messages[i] = Samples.message(MessageSource.DEVICE, "sensor-" + i, json(random));
      messages[i].setRemoteAddress("192.0.2." + i % 250 + ":1000");
    }
  }

  public static void main(String[] arguments) {
    AnomalyUpdateCost cost = new AnomalyUpdateCost();
    List<Detector> all = AnomalyDetectorTopology.detectors(Samples.DEFAULTS, Samples.origins());
    System.out.printf(Locale.ROOT, "all: %.0f ns a message%n", cost.of(all));
    System.out.printf(Locale.ROOT, "none: %.0f ns%n", cost.of(List.of()));
    for (Detector detector : all) {
      System.out.printf(
          Locale.ROOT, "%s: %.0f ns%n", detector.alarm().ruleId(), cost.of(List.of(detector)));
    }
    Profile profile = new Profile();
    MessageInspection inspection = Client.inspection(all);
    for (int i = 0; i < 500; i++) {
      inspection.of(cost.messages[i], profile, null);
    }
    long start = System.nanoTime();
    int bytes = 0;
    for (int i = 0; i < 200_000; i++) {
      bytes += profile.toBytes().length;
    }
    System.out.printf(
        Locale.ROOT,
        "encoding a profile of %d bytes: %.0f ns%n",
        bytes / 200_000,
        (System.nanoTime() - start) / 200_000.0);
  }

  /** The best round: the others were disturbed. */
  private double of(List<Detector> detectors) {
    MessageInspection inspection = Client.inspection(detectors);
    Profile[] profiles = new Profile[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      profiles[i] = new Profile();
    }
    ClassBaseline peers = new ClassBaseline();
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long took = 0;
      for (int n = 0; n < MESSAGES; n++) {
        second++;
        for (InspectedMessage message : messages) {
          message.setSequence(second);
          message.setAcceptedAt(Samples.START.plusSeconds(second));
        }
        long start = System.nanoTime();
        for (int i = 0; i < CLIENTS; i++) {
          inspection.of(messages[i], profiles[i], peers);
        }
        took += System.nanoTime() - start;
      }
      best = Math.min(best, (double) took / CLIENTS / MESSAGES);
    }
    return best;
  }

  private static byte[] json(Random random) {
    StringBuilder text = new StringBuilder("{\"deviceId\":\"sensor-17\",\"unit\":\"celsius\"");
    while (text.length() < 280) {
      text.append(",\"value").append(random.nextInt(9)).append("\":");
      text.append(String.format(Locale.ROOT, "%.3f", random.nextDouble() * 100));
    }
    return text.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
