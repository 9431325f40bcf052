package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micronaut.core.annotation.Nullable;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each test with rates of so many a second, a second's worth of which may come at once. */
class RateLimitsTest {

  private static final int ANY = 1_000_000;
  private static final long SECOND = 1_000_000_000L;
  private static final long ADDRESS = 7;

  @Test
  void clientBeyondItsOwnLimitTakesNothingFromOthers() {
    RateLimits limits = limits(4, ANY, 1, ANY);
    Connection flood = connection(ADDRESS);
    assertNull(check(limits, flood, publish(), 0));
    for (int i = 0; i < 100; i++) {
      assertEquals(LimitTier.PUBLISH_CLIENT, check(limits, flood, publish(), 0));
    }
    assertNull(check(limits, connection(ADDRESS + 1), publish(), 0));
  }

  @Test
  void addressBeyondItsLimitTakesNothingFromOthers() {
    RateLimits limits = limits(4, 1, ANY, ANY);
    LimitTier refused = null;
    for (int i = 0; i < 100; i++) {
      refused = check(limits, connection(ADDRESS), publish(), 0);
    }
    assertEquals(LimitTier.ADDRESS, refused);
    assertNull(check(limits, connection(ADDRESS + 1), publish(), 0));
  }

  @Test
  void connectsBeyondTheirLimitLeaveRoomForThoseOfTheSameAddressWhoAreIn() {
    RateLimits limits = new RateLimits(config(ANY, 4, 1, ANY, ANY));
    LimitTier refused = null;
    for (int i = 0; i < 100; i++) {
      refused = check(limits, connection(ADDRESS), connect(), 0);
    }
    assertEquals(LimitTier.CONNECT_ADDRESS, refused);
    assertNull(check(limits, connection(ADDRESS), publish(), 0));
  }

  @Test
  void bytesOfAnAddressAreLimitedOverAllItsClients() {
    RateLimits limits = new RateLimits(bytes(ANY, 40));
    for (int i = 0; i < 4; i++) {
      assertNull(check(limits, connection(ADDRESS), publish(), 0));
    }
    Connection another = connection(ADDRESS);
    MqttMessage packet = publish();
    RateLimits.Exceeded exceeded = limits.check(another, packet, 0);
    assertEquals(new RateLimits.Exceeded(LimitTier.BYTES_ADDRESS, SECOND / 4), exceeded);
    assertNull(check(limits, another, packet, exceeded.waitNanos()), "as long as it was told");
    assertNull(check(limits, connection(ADDRESS), connect(), 0), "not published");
    assertNull(check(limits, connection(ADDRESS + 1), publish(), 0));
    for (int i = 0; i < 100; i++) {
      assertNull(check(limits, connection(PeerAddress.NOBODY), publish(), 0), "exempt");
    }
  }

  @Test
  void bytesOfAllAreLimited() {
    RateLimits limits = new RateLimits(bytes(40, ANY));
    for (int i = 0; i < 4; i++) {
      assertNull(check(limits, connection(ADDRESS + i), publish(), 0));
    }
    assertEquals(LimitTier.BYTES_GLOBAL, check(limits, connection(ADDRESS + 9), publish(), 0));
    assertNull(check(limits, connection(ADDRESS + 9), publish(), SECOND));
  }

  @Test
  void messageLargerThanWhatMayComeAtOncePassesWhenNothingElseWaits() {
    RateLimits limits = new RateLimits(bytes(4, 4));
    Connection connection = connection(ADDRESS);
    assertNull(check(limits, connection, publish(), 0));
    MqttMessage packet = publish();
    assertEquals(LimitTier.BYTES_ADDRESS, check(limits, connection, packet, 0));
    assertNull(check(limits, connection, packet, 3 * SECOND));
  }

  @Test
  void packetThatWaitsForOthersHasPaidForItself() {
    RateLimits limits = limits(1, ANY, 2, ANY);
    while (check(limits, connection(PeerAddress.NOBODY), publish(), 0) == null) {
      // somebody else takes all that there is
    }
    Connection waiting = connection(ADDRESS);
    MqttMessage packet = publish();
    for (int i = 0; i < 100; i++) {
      assertEquals(LimitTier.GLOBAL, check(limits, waiting, packet, 0));
    }
    assertNull(check(limits, waiting, packet, SECOND));
    waiting.limits().handled();
    assertEquals(LimitTier.GLOBAL, check(limits, waiting, publish(), SECOND), "not its own");
  }

  @Test
  void packetThatWaitsForOneOfItsOwnLimitsHasPaidTheOthers() {
    RateLimits limits = limits(ANY, ANY, 3, 10);
    Connection connection = connection(ADDRESS);
    assertNull(check(limits, connection, publish(), 0));
    MqttMessage packet = publish();
    for (int i = 0; i < 100; i++) {
      assertEquals(LimitTier.BYTES_CLIENT, check(limits, connection, packet, 0));
    }
    assertNull(check(limits, connection, packet, SECOND));
  }

  @Test
  void handledPacketIsNotRemembered() {
    Connection connection = connection(ADDRESS);
    MqttMessage packet = publish();
    assertNull(check(limits(ANY, ANY, ANY, ANY), connection, packet, 0));
    assertEquals(LimitTier.values().length, connection.limits().passed(packet));
    connection.limits().handled();
    assertEquals(0, connection.limits().passed(packet));
  }

  @Test
  void thoseWhoWaitForSharedRoomDoNotLookForItAllAtOnce() {
    assertEquals(Duration.ofMillis(1), LimitFlow.wait(exceeded(LimitTier.CLIENT, 5), 0.5));
    assertEquals(Duration.ofSeconds(1), LimitFlow.wait(exceeded(LimitTier.CLIENT, ANY), 0.5));
    for (LimitTier tier : List.of(LimitTier.ADDRESS, LimitTier.BYTES_GLOBAL)) {
      assertEquals(Duration.ofMillis(250), LimitFlow.wait(exceeded(tier, 5), 0));
      assertEquals(Duration.ofMillis(375), LimitFlow.wait(exceeded(tier, 5), 0.5));
      assertEquals(Duration.ofMillis(1500), LimitFlow.wait(exceeded(tier, ANY), 0.5));
    }
  }

  private static RateLimits.Exceeded exceeded(LimitTier tier, int micros) {
    return new RateLimits.Exceeded(tier, TimeUnit.MICROSECONDS.toNanos(micros));
  }

  private static RateLimits limits(int global, int address, int publishes, int bytes) {
    return new RateLimits(config(global, address, ANY, publishes, bytes));
  }

  private static LimitsConfig bytes(int global, int address) {
    return config(ANY, global, ANY, address, ANY, ANY, ANY);
  }

  private static LimitsConfig config(
      int global, int address, int connects, int publishes, int bytes) {
    return config(global, ANY, address, ANY, connects, publishes, bytes);
  }

  private static LimitsConfig config(
      int global,
      int globalBytes,
      int address,
      int addressBytes,
      int connects,
      int publishes,
      int bytes) {
    return new LimitsConfig(
        global,
        globalBytes,
        address,
        addressBytes,
        connects,
        publishes,
        bytes,
        ANY,
        ANY,
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        ANY,
        ANY,
        null);
  }

  @Nullable
  private static LimitTier check(
      RateLimits limits, Connection connection, MqttMessage packet, long now) {
    RateLimits.Exceeded exceeded = limits.check(connection, packet, now);
    return exceeded == null ? null : exceeded.tier();
  }

  private static Connection connection(long address) {
    ChannelHandler handler = new ChannelHandlerAdapter() {};
    EmbeddedChannel channel = new EmbeddedChannel(handler);
    Connection connection =
        new Connection(channel.pipeline().context(handler), (c, packet) -> true, 1);
    connection.addressKey(address);
    return connection;
  }

  /** Ten bytes of topic and payload. */
  private static MqttMessage publish() {
    return MqttMessageBuilders.publish()
        .topicName("topic")
        .qos(MqttQoS.AT_LEAST_ONCE)
        .messageId(1)
        .payload(Unpooled.copiedBuffer(new byte[5]))
        .build();
  }

  private static MqttMessage connect() {
    return MqttMessageBuilders.connect().clientId("c").build();
  }
}
