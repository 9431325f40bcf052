package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.AskedTopics.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AskedTopicsTest {

  private static final TopicQuestion QUESTION = TopicQuestion.publish("a/b", 1, false);

  private final AtomicLong now = new AtomicLong();
  private final List<CompletableFuture<Boolean>> asked = new ArrayList<>();
  private final AskedTopics topics =
      new AskedTopics(
          question -> {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
          },
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          now::get);

  private void pass(int seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void manyWhoAskTheSameGetOneAnswer() {
    assertNull(topics.known(QUESTION));
    var first = topics.ask(QUESTION);
    assertSame(first, topics.ask(QUESTION));
    assertEquals(1, asked.size());
    assertNull(topics.known(QUESTION), "still open");

    asked.getFirst().complete(true);

    assertEquals(Answer.ALLOWED, topics.known(QUESTION));
    assertNull(topics.known(TopicQuestion.publish("a/b", 2, false)), "another question");
    assertNull(topics.known(TopicQuestion.subscribe("a/b", 1)), "another question");
  }

  @Test
  void answersAreRememberedForTheirTime() {
    var _ = topics.ask(QUESTION);
    asked.getLast().complete(true);
    pass(59);
    assertEquals(Answer.ALLOWED, topics.known(QUESTION));
    pass(2);
    assertNull(topics.known(QUESTION));

    var _ = topics.ask(QUESTION);
    asked.getLast().complete(false);
    pass(2);
    assertEquals(Answer.DENIED, topics.known(QUESTION));
    pass(2);
    assertNull(topics.known(QUESTION));

    var _ = topics.ask(QUESTION);
    asked.getLast().completeExceptionally(new IllegalStateException("away"));
    assertEquals(Answer.FAILED, topics.known(QUESTION));
    pass(2);
    assertNull(topics.known(QUESTION));
  }

  @Test
  void backendThatThrowsHasFailed() {
    AskedTopics broken =
        new AskedTopics(
            question -> {
              throw new IllegalStateException("no place");
            },
            Duration.ofSeconds(60),
            Duration.ofSeconds(3),
            now::get);

    assertTrue(broken.ask(QUESTION).toCompletableFuture().isDone());

    assertEquals(Answer.FAILED, broken.known(QUESTION));
  }

  @Test
  void whatIsRememberedIsBounded() {
    for (int i = 0; i < 1000; i++) {
      var _ = topics.ask(TopicQuestion.publish("t/" + i, 0, false));
      asked.getLast().complete(true);
    }
    assertNull(topics.known(TopicQuestion.publish("t/0", 0, false)));
    assertEquals(Answer.ALLOWED, topics.known(TopicQuestion.publish("t/999", 0, false)));
  }

  @Test
  void grantAsksOnlyAboutWhatItsRulesDoNotAllow() {
    Grant grant = Grant.usual("dev-1").asking(topics);
    assertFalse(grant.mustAsk(TopicQuestion.publish("clients/dev-1/x", 0, false)));
    assertTrue(grant.mustAsk(QUESTION));
    assertFalse(grant.mayPublish("a/b", 1, false), "nobody said so yet");

    var _ = topics.ask(QUESTION);
    asked.getLast().complete(true);

    assertFalse(grant.mustAsk(QUESTION));
    assertTrue(grant.mayPublish("a/b", 1, false));
    assertFalse(grant.mayPublish("a/b", 1, true), "retained is another question");
  }
}
