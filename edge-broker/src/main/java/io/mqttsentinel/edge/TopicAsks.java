package io.mqttsentinel.edge;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Holds packets back until it is known whether the client may do what they say. */
final class TopicAsks {

  /** Whether the packet has to come again; it does when all answers are there. */
  boolean mustWait(Connection connection, List<TopicQuestion> questions) {
    Grant grant = connection.grant();
    if (grant.asked() == null) {
      return false;
    }
    CompletableFuture<?>[] asked =
        questions.stream()
            .filter(grant::mustAsk)
            .map(question -> grant.asked().ask(question).toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    if (asked.length == 0) {
      return false;
    }
    connection.inbox().waitForRoom();
    var _ =
        CompletableFuture.allOf(asked)
            .whenComplete((all, failure) -> connection.execute(connection.inbox()::roomAgain));
    return true;
  }
}
