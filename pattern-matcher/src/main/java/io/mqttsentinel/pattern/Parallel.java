package io.mqttsentinel.pattern;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Does work of very different length on as many threads as there are processors, two at least, this
 * one among them: the longest first, so that no thread is left with one of these at the end.
 */
final class Parallel {

  /** Of each thread, whatever the JVM gives others; patterns that need more are refused. */
  private static final long STACK = 1 << 20;

  private Parallel() {}

  /**
   * Results in the order of the items.
   *
   * @param cost of an item, against the others
   * @throws RuntimeException of the first item in order whose step threw it
   */
  static <A, B> List<B> map(List<A> items, ToIntFunction<A> cost, Function<A, B> step) {
    List<FutureTask<B>> tasks =
        items.stream().map(item -> new FutureTask<>(() -> step.apply(item))).toList();
    List<FutureTask<B>> longestFirst =
        IntStream.range(0, tasks.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -cost.applyAsInt(items.get(i))))
            .<FutureTask<B>>map(tasks::get)
            .toList();
    int threads = Math.min(tasks.size(), Math.max(2, Runtime.getRuntime().availableProcessors()));
    for (int i = 1; i < threads; i++) {
      Thread loader =
          new Thread(
              null, () -> longestFirst.forEach(FutureTask::run), "pattern-loader-" + i, STACK);
      loader.setDaemon(true);
      loader.start();
    }
    longestFirst.forEach(FutureTask::run); // does nothing where another thread has begun it
    return tasks.stream().map(Parallel::await).toList();
  }

  private static <B> B await(FutureTask<B> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException("rules were not loaded: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while rules are loaded", e);
    }
  }
}
