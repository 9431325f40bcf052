/**
 * What the whole pipeline costs a message, measured as its users would notice it.
 *
 * <p>An open-loop generator in a process of its own publishes over MQTT on a fixed schedule,
 * receives over MQTT, and counts the latency of each message from the moment at which it was meant
 * to be sent: a system that stalls cannot slow down the clock that measures it. In between it sends
 * the same messages over one bare Kafka hop, the yardstick of what this machine can do at that
 * moment. After the run it takes the stamps of the delivered messages apart and prints where the
 * time went.
 *
 * <p>The way of a run: {@link io.mqttsentinel.benchmarks.BenchmarkOptions} reads the command line,
 * a {@link io.mqttsentinel.benchmarks.SystemUnderTest} is started or pointed at, {@link
 * io.mqttsentinel.benchmarks.Benchmark} alternates {@link io.mqttsentinel.benchmarks.LoadGenerator}
 * and {@link io.mqttsentinel.benchmarks.Yardstick}, and {@link
 * io.mqttsentinel.benchmarks.ReportText} prints the {@link io.mqttsentinel.benchmarks.Report}. It
 * reports; it never fails a build.
 */
package io.mqttsentinel.benchmarks;
