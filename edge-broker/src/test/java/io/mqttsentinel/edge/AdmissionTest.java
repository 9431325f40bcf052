package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {

  private static final int ANY = 1000;

  private final Admission admission = new Admission(limits(2, "none"), new Bans(Clock.systemUTC()));

  @ParameterizedTest
  @ValueSource(
      strings = {"192.0.2.1:4711", "[2001:db8:0:0:0:0:0:1]:4711", "[0:0:0:0:0:0:0:1]:4711"})
  void placeOfWhoLeftIsFree(String address) {
    for (int i = 0; i < 5; i++) {
      Connection first = come(address);
      Connection second = come(address);
      Connection third = connection(address);
      assertNull(admission.came());
      assertNotNull(admission.identified(third), "one too many");
      assertEquals(1, admission.addresses());
      List.of(first, second, third).forEach(admission::left);
      assertEquals(0, admission.addresses());
    }
  }

  private Connection come(String address) {
    Connection connection = connection(address);
    assertNull(admission.came());
    assertNull(admission.identified(connection));
    return connection;
  }

  static Connection connection(String address) {
    ChannelHandler handler = new ChannelHandlerAdapter() {};
    EmbeddedChannel channel = new EmbeddedChannel(handler);
    Connection connection =
        new Connection(channel.pipeline().context(handler), (c, packet) -> true, 1);
    connection.remoteAddress(address);
    return connection;
  }

  static LimitsConfig limits(int connectionsPerAddress, String exempt) {
    return new LimitsConfig(
        ANY,
        ANY,
        ANY,
        ANY,
        ANY,
        ANY,
        ANY,
        ANY,
        ANY,
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        ANY,
        connectionsPerAddress,
        List.of(exempt));
  }
}
