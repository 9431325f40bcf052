package io.mqttsentinel.edge;

import java.util.ArrayDeque;
import java.util.function.IntConsumer;

/**
 * Publishes of one client that go to Kafka in their order, though one of them may have to wait
 * until Kafka has its PublishReceived.
 */
final class PublishTurns {

  /** One publish that waits for its turn. */
  static final class Turn {
    private final int size;
    private final Runnable send;
    private boolean ready;

    private Turn(int size, Runnable send, boolean ready) {
      this.size = size;
      this.send = send;
      this.ready = ready;
    }
  }

  private final ArrayDeque<Turn> turns = new ArrayDeque<>(4);

  boolean isEmpty() {
    return turns.isEmpty();
  }

  /** Adds one that only waits for those before it. */
  void follow(int size, Runnable send) {
    turns.add(new Turn(size, send, true));
  }

  /** Adds one that is not ready itself. */
  Turn hold(int size, Runnable send) {
    Turn turn = new Turn(size, send, false);
    turns.add(turn);
    return turn;
  }

  /** None of them goes any more; tells the size of each. */
  void drop(IntConsumer dropped) {
    turns.forEach(turn -> dropped.accept(turn.size));
    turns.clear();
  }

  /** Sends it and those behind it whose turn it is then. */
  void ready(Turn turn) {
    turn.ready = true;
    for (Turn head = turns.peek(); head != null && head.ready; head = turns.peek()) {
      turns.remove();
      head.send.run();
    }
  }
}
