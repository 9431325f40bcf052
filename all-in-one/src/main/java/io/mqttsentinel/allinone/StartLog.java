package io.mqttsentinel.allinone;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the steps of a start, each with its time. */
final class StartLog {

  private static final Logger LOG = LoggerFactory.getLogger(StartLog.class);

  private final Consumer<String> told;
  private final long start = System.nanoTime();

  /**
   * @param told gets a line for each step
   */
  StartLog(Consumer<String> told) {
    this.told = told;
  }

  /** For tests and benchmarks: the steps go to the log. */
  static StartLog toLog() {
    return new StartLog(LOG::info);
  }

  <T> T step(String name, Callable<T> work) throws Exception {
    long before = System.nanoTime();
    T result = work.call();
    told.accept("  %-34s %5.1f s".formatted(name, seconds(System.nanoTime() - before)));
    return result;
  }

  void total() {
    told.accept("  %-34s %5.1f s".formatted("ready", seconds(System.nanoTime() - start)));
  }

  private static double seconds(long nanos) {
    return Duration.ofNanos(nanos).toMillis() / 1000.0;
  }
}
