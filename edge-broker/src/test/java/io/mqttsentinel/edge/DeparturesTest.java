package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeparturesTest {

  private static final int MANY = 2 * Departures.AT_ONCE + 4;

  private final Departures departures = new Departures();
  private final List<Integer> closed = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @Test
  void oneIsClosedAtOnce() {
    leave(channel.eventLoop(), 1);
    assertEquals(List.of(0), closed);
  }

  @Test
  void manyAreClosedAFewAtATimeInTheirOrder() {
    leave(channel.eventLoop(), MANY);
    assertEquals(Departures.AT_ONCE, closed.size());
    pause();
    assertEquals(2 * Departures.AT_ONCE, closed.size());
    pause();
    assertEquals(IntStream.range(0, MANY).boxed().toList(), closed);
  }

  @Test
  void whoComesInThePauseHasWhatIsLeftOfTheTurn() {
    leave(channel.eventLoop(), Departures.AT_ONCE - 1);
    leave(channel.eventLoop(), 2);
    assertEquals(Departures.AT_ONCE, closed.size());
    pause();
    assertEquals(Departures.AT_ONCE + 1, closed.size());
  }

  @Test
  void oneLoopDoesNotWaitForAnother() {
    leave(channel.eventLoop(), MANY);
    leave(new EmbeddedChannel().eventLoop(), 1);
    assertEquals(Departures.AT_ONCE + 1, closed.size());
  }

  @Test
  void allAreClosedWhereTheLoopHasEnded() throws InterruptedException {
    DefaultEventLoop ended = new DefaultEventLoop();
    ended.shutdownGracefully(0, 0, TimeUnit.SECONDS).await();
    leave(ended, MANY);
    assertEquals(MANY, closed.size());
  }

  private void leave(EventExecutor loop, int clients) {
    for (int i = 0; i < clients; i++) {
      int number = i;
      departures.leave(loop, () -> closed.add(number));
    }
  }

  private void pause() {
    channel.advanceTimeBy(Departures.PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}
