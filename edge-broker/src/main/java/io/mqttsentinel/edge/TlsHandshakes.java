package io.mqttsentinel.edge;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Counts handshakes, and ends those that take too long: Moquette leaves Netty's time limit. */
record TlsHandshakes(Duration limit, EdgeMetrics metrics) {

  void watch(Channel channel, SslHandler tls) {
    Future<?> timer =
        channel.eventLoop().schedule(() -> late(channel), limit.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        tls.handshakeFuture()
            .addListener(
                done -> {
                  timer.cancel(false);
                  metrics.tlsHandshake(done.isSuccess() ? "completed" : "failed");
                });
  }

  private static void late(Channel channel) {
    var _ = channel.close();
  }
}
