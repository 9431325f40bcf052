package io.mqttsentinel.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What one connection does after a while, on its event loop. Confined to that, too. */
final class ConnectionTimers {

  private final ChannelHandlerContext context;
  private ScheduledFuture<?> deadline;
  private ScheduledFuture<?> grantExpiry;

  ConnectionTimers(ChannelHandlerContext context) {
    this.context = context;
  }

  /** One thing at a time has a deadline: CONNECT, authentication, the owner's answer. */
  void deadline(Duration time, Runnable missed) {
    cancelDeadline();
    deadline = context.executor().schedule(missed, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /** The time may be centuries. */
  void grantExpiry(Duration time, Runnable expired) {
    grantExpiry = context.executor().schedule(expired, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What runs {@link #later} is not cancelled: it finds out itself that the connection is over. */
  void cancel() {
    cancelDeadline();
    if (grantExpiry != null) {
      grantExpiry.cancel(false);
    }
  }

  /** Not at all where the event loop has ended meanwhile. */
  void later(Duration time, Runnable task) {
    var _ = context.executor().schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
