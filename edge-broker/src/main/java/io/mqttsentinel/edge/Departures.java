package io.mqttsentinel.edge;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Closes the sockets of clients that hung up, a few at a time on each event loop. Where a network
 * fails, thousands hang up at once, and to take leave of all of them before the loop looks at
 * anybody else's message would keep those who stay waiting for as long.
 */
final class Departures {

  /** What an event loop is kept from messages for: some 40 microseconds each. */
  static final int AT_ONCE = 8;

  static final Duration PAUSE = Duration.ofMillis(1);

  private final Map<EventExecutor, Door> doors = new ConcurrentHashMap<>();

  /** The client sends nothing more. Called on its event loop. */
  void hungUp(Connection connection) {
    if (connection.state() == Connection.State.CONNECTED) {
      leave(connection.context().executor(), connection::closeSocket);
    } else {
      connection.closeSocket(); // else what it began to open would be opened for nobody
    }
  }

  void leave(EventExecutor loop, Runnable close) {
    doors.computeIfAbsent(loop, Door::new).leave(close);
  }

  /** That of one event loop, and confined to it. */
  private static final class Door {

    private final EventExecutor loop;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int free = AT_ONCE;
    private boolean pausing;

    Door(EventExecutor loop) {
      this.loop = loop;
    }

    void leave(Runnable close) {
      waiting.add(close);
      letOut();
    }

    private void letOut() {
      while (free > 0 && !waiting.isEmpty()) {
        free--;
        waiting.remove().run();
      }
      if (free < AT_ONCE && !pausing) {
        pause();
      }
    }

    private void pause() {
      try {
        var _ = loop.schedule(this::paused, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        pausing = true;
      } catch (RejectedExecutionException e) {
        waiting.forEach(Runnable::run); // the server stops
        waiting.clear();
      }
    }

    private void paused() {
      pausing = false;
      free = AT_ONCE;
      letOut();
    }
  }
}
