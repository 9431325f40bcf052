package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What a client may do beyond its rules: asked about topic by topic when it is needed, and
 * remembered for a while. One question at a time for the same thing, however many ask. Connections
 * of several event loops may share it.
 */
final class AskedTopics {

  enum Answer {
    ALLOWED,
    DENIED,
    /** The backend could not say. */
    FAILED
  }

  /** Of each client; the least used go first. */
  private static final int MOST_REMEMBERED = 64;

  private static final Duration FAILED_FOR = Duration.ofSeconds(1);

  private record Remembered(Answer answer, long until) {}

  private final Function<TopicQuestion, CompletionStage<Boolean>> backend;
  private final long allowedNanos;
  private final long deniedNanos;
  private final LongSupplier nanos;
  private final Map<TopicQuestion, CompletableFuture<Answer>> open = new LinkedHashMap<>(4);
  private final Map<TopicQuestion, Remembered> remembered =
      new LinkedHashMap<>(4, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TopicQuestion, Remembered> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * @param backend must not block; a stage that fails: it could not say
   * @param nanos a clock
   */
  AskedTopics(
      Function<TopicQuestion, CompletionStage<Boolean>> backend,
      Duration allowedFor,
      Duration deniedFor,
      LongSupplier nanos) {
    this.backend = backend;
    this.allowedNanos = allowedFor.toNanos();
    this.deniedNanos = deniedFor.toNanos();
    this.nanos = nanos;
  }

  /** The answer that is remembered, or null. */
  @Nullable
  synchronized Answer known(TopicQuestion question) {
    Remembered known = remembered.get(question);
    return known == null || known.until() - nanos.getAsLong() < 0 ? null : known.answer();
  }

  /** Asks. When the stage ends, which it does without failing, the answer is remembered. */
  CompletionStage<Answer> ask(TopicQuestion question) {
    CompletableFuture<Answer> mine = new CompletableFuture<>();
    synchronized (this) {
      CompletableFuture<Answer> other = open.putIfAbsent(question, mine);
      if (other != null) {
        return other;
      }
    }
    try {
      backend
          .apply(question)
          .whenComplete(
              (allowed, failure) ->
                  answered(
                      question,
                      mine,
                      failure != null ? Answer.FAILED : allowed ? Answer.ALLOWED : Answer.DENIED));
    } catch (RuntimeException e) {
      answered(question, mine, Answer.FAILED);
    }
    return mine;
  }

  private void answered(TopicQuestion question, CompletableFuture<Answer> mine, Answer answer) {
    long keep =
        switch (answer) {
          case ALLOWED -> allowedNanos;
          case DENIED -> deniedNanos;
          case FAILED -> FAILED_FOR.toNanos();
        };
    synchronized (this) {
      remembered.put(question, new Remembered(answer, nanos.getAsLong() + keep));
      open.remove(question);
    }
    mine.complete(answer);
  }
}
