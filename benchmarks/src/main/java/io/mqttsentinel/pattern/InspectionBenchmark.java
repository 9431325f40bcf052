package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.TopicFilter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Workload: 303 bytes of telemetry in JSON, as a device sends it every few seconds, against the
 * shipped rules; matching alone and the whole inspection. The command is in docs/detection.md.
 */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class InspectionBenchmark {

  private static final String TELEMETRY =
      "{\"device\":\"d-4983\",\"ts\":1760701604,\"temp\":21.5,\"hum\":40,\"state\":\"running\","
          + "\"mode\":\"auto\",\"battery\":87,\"rssi\":-61,\"fw\":\"1.4.2\",\"uptime\":86400,"
          + "\"errors\":[],\"gps\":{\"lat\":48.137,\"lon\":11.575},\"alarm\":false,"
          + "\"door\":\"closed\",\"fan\":\"low\",\"power\":12.5,\"voltage\":230.1,"
          + "\"current\":0.05,\"site\":\"munich\",\"line\":\"three\"}";

  private byte[] payload;
  private InspectedMessage message;
  private PatternInspector inspector;
  private PatternEngine.Scanner scanner;
  private PatternHits hits;

  /** Compiles the rules. */
  @Setup
  public void load() throws IOException {
    RuleSet rules =
        RuleSet.load(
            RuleSource.of(RuleSource.SHIPPED).read(), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    inspector =
        new PatternInspector(
            rules, List.of(TopicFilter.of("clients/+/alerts")), DecodeLimits.DEFAULT);
    scanner = rules.threats().engine().scanner();
    hits = rules.threats().newHits();
    payload = TELEMETRY.getBytes(StandardCharsets.UTF_8);
    message = message(payload);
  }

  /** All rules on the raw payload. */
  @Benchmark
  public boolean match() {
    hits.clear();
    scanner.scan(payload, payload.length, hits);
    return hits.any();
  }

  /** Payload, topic and names, decoded as far as they need it. */
  @Benchmark
  public List<Finding> inspection() {
    return inspector.inspect(message);
  }

  static InspectedMessage message(byte[] payload) {
    InspectedMessage message = new InspectedMessage();
    message.setClientId("dev-4983");
    message.setUsername("fleet");
    message.setTopic("clients/dev-4983/data");
    message.setPayload(ByteBuffer.wrap(payload));
    message.setProperties(new MessageProperties(null, null, null, null, null, List.of()));
    return message;
  }
}
