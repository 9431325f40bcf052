package io.mqttsentinel.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What a run came to; written as JSON as it is.
 *
 * @param generatorLag P99 of how late the generator itself was in its worst round, in milliseconds
 * @param use of the pipeline's rounds, without the yardstick's
 * @param steps with {@code --find-max}
 */
record Report(
    String command,
    String system,
    String date,
    Machine machine,
    int rate,
    int clients,
    int publishers,
    int payloadBytes,
    int qos,
    int warmupSeconds,
    int lingerMillis,
    Messages messages,
    Latencies latencies,
    double generatorLag,
    Meter.Reading use,
    List<MaximumRate.Step> steps) {

  /**
   * Where the messages went.
   *
   * @param acknowledged with QoS 0: handed to the network
   * @param received each message once
   * @param outOfOrder after a later message of the same topic; over the whole run
   * @param foreign not sent by this run, or not to that client; over the whole run
   * @param unsendable their connection was lost before their time came
   * @param firstLoss why the first connection was lost, or null
   */
  record Messages(
      long sent,
      long acknowledged,
      long received,
      long lost,
      long duplicates,
      long outOfOrder,
      long foreign,
      long refused,
      long unsendable,
      long connectionsLost,
      String firstLoss) {}

  /**
   * All rounds together.
   *
   * @param yardstick null without one
   */
  record Latencies(
      Latency pipeline,
      Latency yardstick,
      long yardstickLost,
      List<Round> rounds,
      List<MessageWays.Stage> stages,
      Map<String, Long> verdicts) {}

  /**
   * One round.
   *
   * @param yardstick null without one
   * @param stealPercent while the pipeline was measured
   */
  record Round(int number, Latency pipeline, Latency yardstick, double stealPercent) {}
}
