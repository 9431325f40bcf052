package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LateConnAckTest {

  private static final MqttMessage CONNACK =
      MqttMessageBuilders.connAck()
          .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
          .sessionPresent(false)
          .build();

  private EmbeddedChannel channel;

  @BeforeEach
  void closeOneThatAwaitsIt() {
    channel =
        new EmbeddedChannel(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                LateConnAck.isAwaited(ctx);
              }
            });
    var _ = channel.close();
    channel.runPendingTasks();
    assertNull(channel.pipeline().get(ChannelInboundHandlerAdapter.class), "it was taken apart");
  }

  @Test
  void theAnswerIsTakenAfterTheHandlersOfAClosedChannelAreGone() {
    assertTrue(channel.writeAndFlush(CONNACK).isSuccess());
  }

  @Test
  void nothingElseIs() {
    assertFalse(channel.writeAndFlush(MqttMessage.PINGRESP).isSuccess());
  }
}
