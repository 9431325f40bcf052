package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Workload: 256 KB made to cost as much as it can, by shape. Command in docs/detection.md. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class HostilePayloadBenchmark {

  private static final int SIZE = 256 * 1024;

  /** A name of {@link HostilePayloads}. */
  @Param({
    "nested base64",
    "gzip bomb",
    "noise",
    "base64 of noise",
    "brackets",
    "entities",
    "backslashes",
    "percent of percent",
    "quote or",
    "comments in words",
    "hexadecimal",
    "json of encoded strings",
    "numbered ' or",
    "mixed words",
    "mixed SQL",
    "mixed quotes",
    "mixed encodings",
    "mixed characters",
    "mixed words in base64",
    "all of it percent encoded"
  })
  String shape;

  private InspectedMessage message;
  private PatternInspector inspector;

  /** Compiles the rules and makes the payload. */
  @Setup
  public void load() throws IOException {
    RuleSet rules =
        RuleSet.load(
            RuleSource.of(RuleSource.SHIPPED).read(), EngineChoice.AUTO, DecodeLimits.DEFAULT);
    inspector = new PatternInspector(rules, List.of(), DecodeLimits.DEFAULT);
    message = InspectionBenchmark.message(HostilePayloads.all(SIZE).get(shape));
  }

  /** The whole inspection. */
  @Benchmark
  public List<Finding> inspection() {
    return inspector.inspect(message);
  }
}
